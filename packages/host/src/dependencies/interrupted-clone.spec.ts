import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { writeJson } from '../testing/npm-workspace.js';

const SCRIPT = `import { installDependencies } from source('host/src/dependencies/install-dependencies');
  import { createCommandRunner } from source('host/src/run/command-runner');
  const [from, to, safety] = process.argv.slice(1);
  const onProgress = (line) => console.log(line);
  const { method } = await installDependencies(createCommandRunner(), { from, to, safety, env: {}, onProgress });
  console.log(method);`;

describe('a clone of node_modules that is killed', () => {
  const folder = useTemporaryFolder();
  const main = (...names: readonly string[]): string => path.join(folder(), 'main', ...names);
  const linked = (...names: readonly string[]): string => path.join(folder(), 'linked', ...names);
  const tree = (root: string): readonly string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== '.nx-fleet.json')
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => `${path.relative(root, file)} ${statSync(file).mode} ${readFileSync(file, 'utf8')}`)
      .toSorted();

  beforeEach(() => {
    const manifest = { name: 'root', version: '1.0.0' };
    const lock = { name: 'root', lockfileVersion: 3, packages: { '': manifest } };
    for (const worktree of [main, linked]) {
      writeJson(worktree('package.json'), manifest);
      writeJson(worktree('package-lock.json'), lock);
      mkdirSync(worktree('tools'));
    }
    writeJson(main('node_modules', '.package-lock.json'), { ...lock, packages: {} });
    for (let index = 0; index < 2_000; index += 1) {
      const place = index % 3 === 0 ? main('tools', 'node_modules', `p${index % 50}`) : main('node_modules', `p${index % 100}`);
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, `${index}.js`), `${index}`, { mode: index % 7 === 0 ? 0o755 : 0o644 });
    }
  });

  it.each(['hardlink', 'copy'])('is finished by the next one, and changes nothing of the main worktree: %s', async (safety) => {
    const before = tree(main());
    for (const delayMs of [0, 40, 150]) {
      const killed = startSourceProcess(SCRIPT, [main(), linked(), safety]);
      expect(await killed.nextLine()).toContain('Cloning');
      await sleep(delayMs);
      killed.child.kill('SIGKILL');
      await killed.exit;
      const saysReady = existsSync(linked('node_modules', '.nx-fleet.json'));
      expect(saysReady ? tree(linked()) : before).toEqual(before);
      // On a fast disk the last of them is done before it is killed.
      if (saysReady) break;
    }
    const last = startSourceProcess(SCRIPT, [main(), linked(), safety]);
    const lines = [await last.nextLine()];
    if (lines[0] !== 'present') lines.push(await last.nextLine());
    await last.exit;
    expect(['present', 'cloned']).toContain(lines.at(-1));
    expect(tree(linked())).toEqual(before);
    expect(tree(main())).toEqual(before);
  });
});
