import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const files = readdirSync('src', { recursive: true }).filter((file) => file.endsWith('.js'));
const failed = files.filter((file) => spawnSync(process.execPath, ['--check', `src/${file}`], { stdio: 'inherit' }).status !== 0);
process.exitCode = failed.length === 0 ? 0 : 1;
