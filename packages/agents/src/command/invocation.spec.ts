import { agentRequest } from '../request.fixture.js';
import { planCommandInvocation, type CommandDefinition } from './invocation.js';

const definition = (...args: readonly string[]): CommandDefinition => ({
  type: 'command',
  command: 'tool',
  args: [...args],
  versionArgs: [],
  files: [],
  output: 'text',
  extract: {},
  writeArgs: [],
  readOnlyArgs: [],
  env: {},
  readOnlyEnv: {},
  exitCodes: {},
  progress: [],
  models: {},
  passEnv: [],
});

describe('planCommandInvocation', () => {
  it('fills in model and mode, also inside a word, once', () => {
    const args = definition('--model={model}', '--{mode}', '{other}');
    expect(planCommandInvocation(agentRequest({ model: '{mode}$&' }), args).args).toEqual(['--model={mode}$&', '--read-only', '{other}']);
    expect(planCommandInvocation(agentRequest({ readOnly: false }), definition('{mode}')).args).toEqual(['write']);
  });

  it('leaves out the model and its option when there is none', () => {
    const args = definition('run', '-m', '{model}', '--name={model}', 'plain', '{model}', '--last');
    expect(planCommandInvocation(agentRequest({ model: null }), args).args).toEqual(['run', 'plain', '--last']);
  });

  it('gives a reader and a writer what is theirs', () => {
    const both = { ...definition('run', '-m', '{model}'), writeArgs: ['--yes', '--as={model}'], readOnlyArgs: ['--plan', '-x', '{model}'] };
    expect(planCommandInvocation(agentRequest({ readOnly: true, model: null }), both).args).toEqual(['run', '--plan']);
    expect(planCommandInvocation(agentRequest({ readOnly: false, model: 'm' }), both).args).toEqual(['run', '-m', 'm', '--yes', '--as=m']);
  });

  it('gives the prompt as it is, and with it the form of the answer when there is one', () => {
    expect(planCommandInvocation(agentRequest({ prompt: 'Do it.' }), definition()).input).toBe('Do it.');
    const { input } = planCommandInvocation(agentRequest({ prompt: 'Do it.', answerSchema: { type: 'object' } }), definition());
    expect(input).toMatch(/^Do it\.\n\n## Answer\n[^]*one JSON object[^]*"type":"object"/);
  });
});
