import { printableLine, UserError } from '@nx-fleet/core';
import { redactSource, serverOf, type PostgresSource } from './source-url.js';

/** Error codes of PostgreSQL that decide something here (appendix A of its manual). */
export const CODE = {
  databaseInUse: '55006',
  duplicateDatabase: '42P04',
  uniqueViolation: '23505',
  insufficientPrivilege: '42501',
  invalidParameterValue: '22023',
  unknownDatabase: '3D000',
} as const;

const LOGIN_CODES = /^28/;
/** Lost connections, resources that ran out, an operator at work, rights that are missing. */
const OPERATOR_CODES = /^(?:08|53|57P|42501)/;

export function codeOf(error: unknown): string | null {
  return textOf(error, 'code');
}

/** What a connection that was not made says to users. */
export function connectionError(source: PostgresSource, error: unknown): UserError {
  const code = codeOf(error);
  const server = serverOf(source);
  if (code !== null && LOGIN_CODES.test(code)) {
    return new UserError(
      `PostgreSQL at "${server}" does not let "${printableLine(source.user)}" in (${code}). Correct user and password in "${source.variable}", or the server's pg_hba.conf.`,
    );
  }
  return new UserError(
    `PostgreSQL at "${server}" does not answer (${reasonOf(source, error)}). Start it, or correct host and port in "${source.variable}".`,
  );
}

/** What a failed statement is to be thrown as: faults that an operator of the server can repair as a `UserError`. */
export function statementError(source: PostgresSource, error: unknown): Error {
  if (error instanceof UserError) {
    return error;
  }
  const code = codeOf(error);
  const reason = reasonOf(source, error);
  if (code !== null && OPERATOR_CODES.test(code)) {
    return new UserError(`PostgreSQL at "${serverOf(source)}" refused: ${reason}. Fix that on the server, and run this again.`);
  }
  return new Error(`PostgreSQL at "${serverOf(source)}" failed: ${reason}`, { cause: error });
}

/** An error of the client in one line, without a secret. */
function reasonOf(source: PostgresSource, error: unknown): string {
  const code = codeOf(error);
  const message = printableLine(redactSource(source, textOf(error, 'message') ?? ''));
  if (code === null) {
    return message || 'no answer';
  }
  return message === '' || message.includes(code) ? message || code : `${code}, ${message}`;
}

function textOf(error: unknown, key: 'code' | 'message'): string | null {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : null;
  return typeof value === 'string' ? value : null;
}
