import type { Command, CommandResult, CommandRunner } from './command.js';
import type { BackgroundCommand, DependencyOutcome, DependencyRequest, Host, IncludeRequest, RunningProcess } from './host.js';
import type { Allocation, ProcessIdentity, Registry, Spare } from './registry.js';
import type { ArtifactStore } from '../artifact/artifact-store.js';
import { createFakeLedger, type FakeLedger } from '../budget/fake-ledger.js';
import { UserError } from '../errors/user-error.js';
import { localStateSchema, manifestSchema, type StateStore } from '../manifest/manifest.js';

export interface FakeHostOptions {
  /** Answers each command. What it leaves out is: exited, 0, no output. @default answers nothing but that */
  readonly commands?: (command: Command) => Partial<CommandResult> | Promise<Partial<CommandResult>>;
  /** Programs that are not there. @default none */
  readonly missingPrograms?: readonly string[];
  /** Text by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly allocations?: readonly Allocation[];
  readonly spares?: readonly Spare[];
  /** Processes at work, by folder. */
  readonly processes?: Readonly<Record<string, readonly RunningProcess[]>>;
  /** Ports that something listens on. */
  readonly listening?: readonly number[];
  /** Processes that run besides this one. */
  readonly running?: readonly ProcessIdentity[];
  /** Names under which other processes act exclusively. @default none */
  readonly exclusiveWork?: readonly string[];
  /** Temporary folders of killed commands. */
  readonly forgottenScratch?: readonly string[];
  /** Answers a dependency request. @default cloned by npm */
  readonly dependencies?: (request: DependencyRequest) => DependencyOutcome | Promise<DependencyOutcome>;
  /** @default '/repo' */
  readonly mainWorktree?: string;
  /** @default 2026-01-01T00:00:00Z */
  readonly now?: Date;
}

/** A machine in memory. To replace one member, spread it: `{ ...createFakeHost(), busyPorts: … }`. */
export interface FakeHost extends Host {
  readonly ledger: FakeLedger;
  /** All files by absolute path, those of the state and of the artifacts too. */
  readonly files: Map<string, string>;
  /** Every command that was run, in order. */
  readonly commandLog: Command[];
  readonly dependencyLog: DependencyRequest[];
  readonly includeLog: IncludeRequest[];
  readonly backgroundLog: BackgroundCommand[];
  /** Folders whose strays were ended, in order. */
  readonly strayLog: string[];
  /** Ports that something listens on; change it at will. */
  readonly listening: Set<number>;
  /** From now on this is another process, and the one before is dead. */
  becomeAnotherProcess(): void;
}

/** `Host` in memory, for specs. */
export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const files = new Map(Object.entries(options.files ?? {}));
  const root = `${options.mainWorktree ?? '/repo'}/.nx-fleet`;
  const commandLog: Command[] = [];
  const dependencyLog: DependencyRequest[] = [];
  const strayLog: string[] = [];
  const includeLog: IncludeRequest[] = [];
  const backgroundLog: BackgroundCommand[] = [];
  const listening = new Set(options.listening);
  const registry = fakeRegistry(options);
  return {
    files,
    commandLog,
    dependencyLog,
    strayLog,
    includeLog,
    backgroundLog,
    listening,
    cloneId: async () => 'engine',
    commands: fakeCommands(options, commandLog),
    registry,
    becomeAnotherProcess: () => registry.becomeAnotherProcess(),
    state: fakeState(files, root),
    artifacts: fakeArtifacts(files, root),
    ledger: createFakeLedger(),
    env: options.env ?? { PATH: '/usr/bin', HOME: '/home/ada' },
    busyPorts: async (ports) => ports.filter((port) => listening.has(port)),
    endStrays: async (directory) => {
      strayLog.push(directory);
      return 0;
    },
    processesIn: async (directory) => options.processes?.[directory] ?? [],
    startInBackground: async (command) => {
      backgroundLog.push(command);
      return { pid: 4712, startedAt: '1001' };
    },
    includeFiles: async (request) => {
      includeLog.push(request);
      for (const path of request.paths) files.set(`${request.to}/${path}`, files.get(`${request.from}/${path}`) ?? '');
      return { copied: request.paths, skipped: [], databases: [], withheld: [] };
    },
    writeEnvironment: async (path, values) => void files.set(path, environmentText(values)),
    readEnvironment: async (path) => environmentValues(files.get(path) ?? ''),
    readVariables: async (path) => environmentValues(files.get(path) ?? ''),
    fillEnvironment: async (path, values) => {
      const present = environmentValues(files.get(path) ?? '');
      const filled = Object.entries(values).filter(([name]) => Object.hasOwn(present, name));
      if (filled.length > 0) files.set(path, environmentText({ ...present, ...Object.fromEntries(filled) }));
    },
    installDependencies: async (request) => {
      dependencyLog.push(request);
      return (await options.dependencies?.(request)) ?? { method: 'cloned', packageManager: 'npm' };
    },
    readFile: async (path) => files.get(path) ?? null,
    writePrivateFile: async (path, text) => void files.set(path, text),
    hasProgram: async (file) => !(options.missingPrograms ?? []).includes(file),
    pathExists: async (path) => files.has(path) || pathsUnder(files, path).length > 0,
    listDirectory: async (path) => namesIn(files, path),
    discardDirectory: async (path) => removeUnder(files, path),
    sweepDiscarded: async () => 0,
    forgottenScratchFolders: async () => options.forgottenScratch ?? [],
    exclusively: async (_, { act }) => act(),
    exclusiveWork: async (prefix) => (options.exclusiveWork ?? []).filter((name) => name.startsWith(prefix)),
    now: () => new Date(options.now ?? '2026-01-01T00:00:00Z'),
  };
}

function fakeCommands(options: FakeHostOptions, log: Command[]): CommandRunner {
  const exited = {
    ended: 'exited',
    exitCode: 0,
    signal: null,
    stdout: '',
    stderr: '',
    durationMs: 1,
  } as const;
  return {
    run: async (command) => {
      if (command.signal?.aborted) {
        return { ...exited, ended: 'cancelled', exitCode: null };
      }
      log.push(command);
      const result: CommandResult = { ...exited, ...(await options.commands?.(command)) };
      for (const stream of ['stdout', 'stderr'] as const) {
        const lines = result[stream].replace(/\n$/, '');
        for (const line of lines === '' ? [] : lines.split('\n')) {
          command.onLine?.(line, stream);
        }
      }
      return result;
    },
  };
}

function fakeRegistry(options: FakeHostOptions): Registry & Pick<FakeHost, 'becomeAnotherProcess'> {
  let self: ProcessIdentity = { pid: 4711, startedAt: '1000' };
  let text = JSON.stringify({ allocations: options.allocations ?? [], spares: options.spares ?? [] });
  const current = (): { allocations: readonly Allocation[]; spares: readonly Spare[] } => JSON.parse(text) as ReturnType<typeof current>;
  return {
    get self() {
      return self;
    },
    becomeAnotherProcess: () => {
      self = { pid: self.pid + 1, startedAt: '1000' };
    },
    read: async () => current().allocations,
    readSpares: async () => current().spares,
    update: async (change) => {
      const before = current();
      const { allocations, spares = before.spares, result } = change(before.allocations, before.spares);
      text = JSON.stringify({ allocations, spares });
      return result;
    },
    isAlive: async ({ pid, startedAt }) => [self, ...(options.running ?? [])].some((one) => one.pid === pid && one.startedAt === startedAt),
  };
}

function fakeState(files: Map<string, string>, root: string): StateStore {
  const issueFile = (project: string, file: string): string => `${root}/issues/${project}/${file}`;
  const localFile = (project: string): string => `${root}/local/${project}.json`;
  const read = <T>(path: string, parse: (value: unknown) => { readonly data?: T }): T | null => {
    const text = files.get(path);
    if (text === undefined) {
      return null;
    }
    const { data } = parse(JSON.parse(text));
    if (data === undefined) {
      throw new UserError(`"${path}" is not valid.`);
    }
    return data;
  };
  return {
    listProjects: async () =>
      pathsUnder(files, `${root}/issues`)
        .filter((path) => path.endsWith('/issue.json'))
        .map((path) => path.split('/').at(-2) ?? '')
        .sort(),
    readManifest: async (project) => read(issueFile(project, 'issue.json'), (value) => manifestSchema.safeParse(value)),
    readSpec: async (project) => files.get(issueFile(project, 'spec.md')) ?? null,
    writeIssue: async (project, manifest, spec) => {
      files.set(issueFile(project, 'issue.json'), JSON.stringify(manifest)).set(issueFile(project, 'spec.md'), spec);
    },
    readLocal: async (project) => read(localFile(project), (value) => localStateSchema.safeParse(value)),
    writeLocal: async (project, state) => void files.set(localFile(project), JSON.stringify(state)),
    removeIssue: async (project) => {
      files.delete(localFile(project));
      removeUnder(files, `${root}/issues/${project}`);
      removeUnder(files, `${root}/out/${project}`);
    },
  };
}

function fakeArtifacts(files: Map<string, string>, root: string): ArtifactStore {
  const directory = (project: string, target: string): string => `${root}/out/${project}/${target}`;
  return {
    directory,
    clear: async (project, target, keep = []) => {
      const folder = directory(project, target);
      for (const name of namesIn(files, folder).filter((found) => !keep.includes(found))) {
        files.delete(`${folder}/${name}`);
        removeUnder(files, `${folder}/${name}`);
      }
    },
    copy: async (project, from, to) => {
      removeUnder(files, directory(project, to));
      for (const [path, text] of files)
        if (path.startsWith(`${directory(project, from)}/`))
          files.set(path.replace(directory(project, from), directory(project, to)), text);
    },
    read: async (project, target, file) => files.get(`${directory(project, target)}/${file}`) ?? null,
    write: async (project, target, file, text) => void files.set(`${directory(project, target)}/${file}`, text),
  };
}

function environmentText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function environmentValues(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function namesIn(files: ReadonlyMap<string, string>, directory: string): string[] {
  return [...new Set(pathsUnder(files, directory).map((path) => path.slice(directory.length + 1).split('/')[0] ?? ''))].sort();
}

function pathsUnder(files: ReadonlyMap<string, string>, directory: string): readonly string[] {
  return [...files.keys()].filter((path) => path.startsWith(`${directory}/`));
}

function removeUnder(files: Map<string, string>, directory: string): void {
  for (const path of pathsUnder(files, directory)) {
    files.delete(path);
  }
}
