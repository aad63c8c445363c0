/** The parts of an output of git that ends each with NUL. */
export function splitNul(text: string): readonly string[] {
  return text.split('\0').filter((part) => part !== '');
}

/** One record of `git diff-index --raw -z`. */
export interface RawChange {
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldObject: string;
  readonly path: string;
}

/** Makes git print what `parseRawChanges` reads. */
export const RAW_FLAGS = ['--raw', '-z', '--no-abbrev', '--no-renames', '--ignore-submodules=none', '-O/dev/null'];

export const GITLINK = '160000';

/** Reads `--raw -z --no-renames`: a record for each path, and then the path. */
export function parseRawChanges(text: string): readonly RawChange[] {
  const parts = splitNul(text);
  const changes: RawChange[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [oldMode = '', newMode = '', oldObject = ''] = (parts[at] ?? '').slice(1).split(' ');
    changes.push({ oldMode, newMode, oldObject, path: parts[at + 1] ?? '' });
  }
  return changes;
}
