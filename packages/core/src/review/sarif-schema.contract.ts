import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const require = createRequire(import.meta.url);
/** True for SARIF 2.1.0 by its published schema, else what is wrong with it. */
export const isSarif = sarifValidator();

function sarifValidator(): (log: unknown) => unknown {
  const file = require.resolve('schemastore/schemas/json/sarif-2.1.0.json');
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  return (log) => (validate(log) ? true : validate.errors);
}
