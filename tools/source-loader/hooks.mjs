import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/nx-fleet-sources');
const OPTIONS = { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } };

export function resolve(specifier, context, next) {
  const isSource = /^\.{1,2}\//.test(specifier) && context.parentURL?.endsWith('.ts');
  return next(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  return url.endsWith('.ts') ? { format: 'module', source: await stripTypes(fileURLToPath(url)), shortCircuit: true } : next(url, context);
}

/** Each text is compiled once, for all processes: twenty that start at the same instant would otherwise compile it twenty times. */
async function stripTypes(file) {
  const source = readFileSync(file, 'utf8');
  const stored = join(CACHE, `${createHash('sha256').update(source).digest('hex')}.mjs`);
  if (existsSync(stored)) return readFileSync(stored, 'utf8');
  const { transformSync } = await import('@swc/core');
  const { code } = transformSync(source, { filename: file, ...OPTIONS });
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${stored}.${process.pid}`, code);
  renameSync(`${stored}.${process.pid}`, stored);
  return code;
}
