import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { UserError } from '@nx-fleet/core';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { readManagedBlock, writeManagedBlock } from './env-block.js';

interface Expander {
  expand(options: { readonly parsed: Record<string, string>; readonly processEnv: Record<string, string> }): {
    readonly parsed: Record<string, string>;
  };
}

// The programs that read what we write; nothing of ours imports them.
const load = createRequire(import.meta.url);
const dotenv = load('dotenv') as { parse(text: string): Record<string, string> };

const expanded = (version: string, text: string): Record<string, string> => {
  const { expand } = load(version) as Expander;
  return expand({ parsed: dotenv.parse(text), processEnv: {} }).parsed;
};

const sourcedBy = (shell: string, file: string, names: readonly string[]): Record<string, string> => {
  const script = `set -a; . "$0"; node -e 'process.stdout.write(JSON.stringify(process.argv.slice(1).map((name) => process.env[name])))' ${names.join(' ')}`;
  const node = join(process.execPath, '..');
  const values = JSON.parse(
    execFileSync(shell, ['-c', script, file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: `${node}:/usr/bin:/bin` },
    }),
  ) as readonly string[];
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
};

const folder = useTemporaryFolder();

/** Each reader's view of the variables of one file. */
async function readings(values: Readonly<Record<string, string>>, before: string | null = null): Promise<Record<string, unknown>> {
  const text = writeManagedBlock(before, values);
  const file = join(folder(), 'env');
  await writeFile(file, text);
  const names = Object.keys(values);
  const only = (read: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
    Object.fromEntries(names.map((name) => [name, read[name]]));
  return {
    'our own': readManagedBlock(text),
    dotenv: only(dotenv.parse(text)),
    'dotenv-expand 11': only(expanded('dotenv-expand-11', text)),
    'dotenv-expand 12': only(expanded('dotenv-expand', text)),
    Node: only(parseEnv(text)),
    // What a line before the block holds is its own affair: a carriage return there is an error in a shell.
    ...(before === null ? { sh: sourcedBy('sh', file, names), bash: sourcedBy('bash', file, names) } : {}),
  };
}

/** What each reader is to see. */
function allRead(values: Readonly<Record<string, string>>, readers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(readers).map((reader) => [reader, values]));
}

function isWritable(value: string): boolean {
  try {
    writeManagedBlock(null, { V: value });
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

describe('a value in an env file', () => {
  const pieces = [
    'a',
    'Z9',
    '$',
    '$$',
    '${X}',
    '$HOME',
    "'",
    '"',
    '\\',
    '#',
    ' #',
    ' ',
    '\n',
    '`',
    '!',
    'é日',
    '=',
    '&',
    '\t',
    '~',
    '\u2028',
  ];

  it('is read the same by dotenv, both dotenv-expands of Nx, Node and shells, or is refused', async () => {
    // A small linear congruential generator: the same texts in each run.
    let seed = 3;
    const next = (count: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % count;
    const random = Array.from({ length: 600 }, () => Array.from({ length: next(5) }, () => pieces[next(pieces.length)] ?? '').join(''));
    const written = random.filter(isWritable);
    expect(written.length).toBeGreaterThan(300);
    const values = Object.fromEntries(written.map((value, number) => [`V${number}`, value]));
    const read = await readings(values);
    expect(read).toEqual(allRead(values, read));
  });

  it('is written with each of these between letters but a dollar, which is refused', () => {
    expect(pieces.filter((piece) => !isWritable(`x${piece}y`))).toEqual(['$', '$$', '${X}', '$HOME']);
    expect(() => writeManagedBlock(null, { FIRST: '$x' })).toThrow(/^The value of "FIRST" cannot be written to an env file: [^\n]+$/);
  });

  it.each([
    ['postgresql://u:pa$word9x@h:5432/db', 'postgresql://u:pa%24word9x@h:5432/db'],
    ["mysql://u:it's\\1@h/db?x=$y", 'mysql://u:it%27s%5C1@h/db?x=%24y'],
    ['redis://:a"b c@h', 'redis://:a"b c@h'],
  ])('that is a URL means the same to all: %s', async (url, read) => {
    const readers = await readings({ URL: url });
    expect(readers).toEqual(allRead({ URL: read }, readers));
  });

  it('is read from a file with the line ends of Windows', async () => {
    const values = { A: 'x y', B: '1' };
    const read = await readings(values, 'FIRST=1\r\nA=2\r\n');
    expect(read).toEqual(allRead(values, read));
  });

  it.each(["it's $x", 'a\r\nb', 'ends\\', '$x', 'sqlserver://h;password=a$b', 'file:/home/a$b/app.db'])('is refused: %j', (value) => {
    expect(() => writeManagedBlock(null, { NAME: value })).toThrow(UserError);
  });
});
