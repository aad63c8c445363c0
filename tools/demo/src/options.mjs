import { parseArgs } from 'node:util';
import { DemoFailure } from './checks.mjs';

const AGENTS = ['scripted', 'claude', 'codex'];

export const USAGE = `npm run demo -- [--agent=${AGENTS.join('|')}] [--directory=PATH] [--no-keep]

  --agent      who plans, writes and reviews (default: scripted stand-ins, which need no login and cost nothing)
  --directory  a folder that does not exist yet, for everything that the demo makes (default: a temporary one)
  --no-keep    remove it at the end`;

/** What the command line asks for. @throws DemoFailure */
export function parseOptions(args) {
  const { agent, directory, keep, help } = parse(args);
  if (!AGENTS.includes(agent)) throw new DemoFailure(`--agent="${agent}" is not known. Choose one of ${AGENTS.join(', ')}.`);
  return { agent, isScripted: agent === 'scripted', directory, keep, help };
}

function parse(args) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        agent: { type: 'string', default: 'scripted' },
        directory: { type: 'string' },
        keep: { type: 'boolean', default: true },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    if (error instanceof TypeError) throw new DemoFailure(`${error.message}\n\n${USAGE}`, { cause: error });
    throw error;
  }
}
