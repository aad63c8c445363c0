import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Sources of functions that print what a program prints, in its own form. They see `print` (one JSON line) and `args`. */
export interface FakeProgram {
  readonly name: string;
  readonly version: string;
  /** Prints the answer `text` with its tokens. */
  readonly say: string;
  /** Prints that the model's server refused with the HTTP status `status`, and ends. */
  readonly refuse: string;
  /** Prints that the program now reads the file `path`. */
  readonly work: string;
}

/**
 * Makes an executable Node program that plays an agent. It reads its prompt from standard input and does what `[[word]]` in it says:
 * `answer`, `structured`, `environment`, `future`, `busy`, `crash`, `nonsense`, `hang`, `unauthorized`, `limited`.
 */
export async function writeFakeProgram(folder: string, program: FakeProgram): Promise<string> {
  const file = join(folder, program.name);
  await writeFile(file, source(program));
  await chmod(file, 0o755);
  return file;
}

function source({ version, say, refuse, work }: FakeProgram): string {
  return `#!/usr/bin/env node
const args = process.argv.slice(2);
const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const say = (text) => { ${say} };
const refuse = (status) => { ${refuse} };
const work = (path) => { ${work} };
if (args.includes('--version')) {
  process.stdout.write(${JSON.stringify(version)} + '\\n');
} else {
  let prompt = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text) => { prompt += text; });
  process.stdin.on('end', () => {
    const word = /\\[\\[(\\w+)\\]\\]/.exec(prompt)?.[1];
    const after = /\\(\\((\\w+)\\)\\)/.exec(prompt)?.[1];
    if (after === 'fails') process.exitCode = 1;
    if (after === 'stays') setInterval(() => undefined, 1000);
    if (after === 'complains') setTimeout(() => process.stderr.write('Error: cannot write the history\\n'), 20);
    if (after === 'chatters') setInterval(() => process.stdout.write('still here\\n'), 20);
    if (word === 'broke') refuse(402);
    if (word === 'answer') say('I read ' + prompt.length + ' characters');
    if (word === 'environment') say(JSON.stringify(process.env));
    if (word === 'structured') say(JSON.stringify({ verdict: 'approve' }));
    if (word === 'unauthorized') refuse(401);
    if (word === 'limited') refuse(429);
    if (word === 'future') {
      print({ type: 'future', result: 'no', message: { text: 7 }, part: null, usage: 'x' });
      say('from today');
      print({ type: 'future.too', item: { type: 'future' } });
    }
    if (word === 'busy') {
      for (let index = 0; index < 300; index += 1) work('src/file-' + index + '.ts');
      say('done');
    }
    if (word === 'nonsense') process.stdout.write('{"type":\\n\\u0000\\u001b[31mnot json\\n[1,2]\\nnull\\n"text"\\n{"type":"future"}\\n');
    if (word === 'crash') {
      process.stderr.write('warming up\\nout of \\u001b[31mcheese ' + (process.env.DATABASE_URL ?? '') + '\\n');
      process.exitCode = 3;
    }
    if (word === 'hang') {
      process.stderr.write('thinking\\n');
      setInterval(() => undefined, 1000);
    }
  });
}
`;
}
