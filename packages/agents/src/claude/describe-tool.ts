import { relativePath } from '../relative-path.js';

export interface ToolUse {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const VERBS: Readonly<Record<string, readonly [verb: string, field: string]>> = {
  Read: ['reads', 'file_path'],
  Edit: ['edits', 'file_path'],
  Write: ['writes', 'file_path'],
  NotebookEdit: ['edits', 'notebook_path'],
  Bash: ['runs', 'command'],
  Grep: ['searches', 'pattern'],
  Glob: ['lists', 'pattern'],
  Skill: ['uses the skill', 'skill'],
};

/** What a tool call does, for the user: `edits src/a.ts`, `runs npm test`. */
export function describeTool(tool: ToolUse, cwd: string): string {
  if (tool.name === 'StructuredOutput') return 'gives its answer';
  const [verb, field] = VERBS[tool.name] ?? ['uses', ''];
  const value = tool.input[field];
  if (typeof value !== 'string') return `uses ${tool.name}`;
  return `${verb} ${field.endsWith('_path') ? relativePath(cwd, value) : value}`;
}
