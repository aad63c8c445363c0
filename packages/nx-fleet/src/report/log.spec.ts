import { UserError } from '@nx-fleet/core';
import type { guard } from '@nx-fleet/host';
import { useShownOutput, writtenBy } from '../executors/shown-output.fixture.js';
import { log, printJson } from './log.js';
import { reportGenerator, reportTask } from './report.js';

const { lines } = useShownOutput();

describe('the log', () => {
  it('holds no command for the runner that shows it, whatever is said', async () => {
    log.info('::add-mask::e\nFault: ##[error]x');
    log.error(' ::error::x');
    await reportTask(async () => {
      throw new UserError('##[stop-commands]x');
    });
    expect(lines()).toEqual([': :add-mask::e\nFault: ## [error]x', ' : :error::x', '## [stop-commands]x']);
  });

  it('holds none in what a generator fails with', async () => {
    const generating = reportGenerator(async () => {
      throw new UserError('::error::x ##[error]y');
    });
    await expect(generating).rejects.toThrow(/^: :error::x ## \[error\]y$/);
  });

  it('says on Ctrl-C in a generator what to do next, and not after its end', async () => {
    const guarded = new Set<Parameters<typeof guard>[0]>();
    const guarding: typeof guard = (thing) => {
      guarded.add(thing);
      return () => guarded.delete(thing);
    };
    await reportGenerator(async () => Promise.all([...guarded].map(({ end }) => end())), guarding);
    expect(lines()).toEqual(['Interrupted. To continue, run the same command again.']);
    expect(guarded).toEqual(new Set());
  });

  it('holds none in JSON, which says the same', async () => {
    const value = { title: '::error::x ###[add-mask]e' };
    const written = await writtenBy(async () => printJson(value));
    expect(written).not.toContain('##[');
    expect(JSON.parse(written)).toEqual(value);
  });
});
