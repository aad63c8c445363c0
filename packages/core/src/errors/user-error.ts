/**
 * A fault that the user can repair: what happened, with the value in quotes, then what to do.
 * Generators and executors print its message alone, without a stack. Any other error is a bug and is thrown on.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
