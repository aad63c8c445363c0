import { z } from 'zod';

/**
 * A path or glob below the workspace, with `/` between its names, such as `tools/prompts`. Nx hashes `./tools` and `tools//prompts` as nothing,
 * and nothing at all outside of the workspace: what such a path names would be read and be in no key.
 */
export const workspacePath = z
  .string()
  .refine((path) => path !== '' && !/^(?:\/|!|[A-Za-z]:)|\\/.test(path) && namesOf(path).length > 0 && !namesOf(path).includes('..'), {
    message: 'expected a path below the workspace, with "/" between its names',
  })
  .transform((path) => namesOf(path).join('/'));

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
