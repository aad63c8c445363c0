import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes an executable Node program that plays an agent. It reads its prompt from standard input and does what `[[word]]` in it says:
 * `answer`, `environment`, `crash`, `nonsense`, `hang`, `unauthorized`. `say` is the source of a function that prints an answer in the
 * program's own form; it sees `text`, `schema` (whether one was given), `print` (one JSON line) and `args`.
 */
export async function writeFakeProgram(
  folder: string,
  program: { readonly name: string; readonly version: string; readonly say: string; readonly refuse: string },
): Promise<string> {
  const file = join(folder, program.name);
  await writeFile(file, source(program));
  await chmod(file, 0o755);
  return file;
}

function source({ version, say, refuse }: { readonly version: string; readonly say: string; readonly refuse: string }): string {
  return `#!/usr/bin/env node
const args = process.argv.slice(2);
const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const say = (text) => { ${say} };
const refuse = () => { ${refuse} };
if (args.includes('--version')) {
  process.stdout.write(${JSON.stringify(version)} + '\\n');
} else {
  let prompt = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text) => { prompt += text; });
  process.stdin.on('end', () => {
    const word = /\\[\\[(\\w+)\\]\\]/.exec(prompt)?.[1];
    if (word === 'answer') say('I read ' + prompt.length + ' characters');
    if (word === 'environment') say(JSON.stringify(process.env));
    if (word === 'structured') say(JSON.stringify({ verdict: 'approve' }));
    if (word === 'unauthorized') refuse();
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
