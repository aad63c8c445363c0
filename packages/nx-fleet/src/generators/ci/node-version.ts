import type { Tree } from '@nx/devkit';
import { parseJson } from '@nx-fleet/core';
import { isRecord } from '../../settings/json-file.js';
import { otherPipelines } from './other-pipelines.js';

export interface NodeChoice {
  /** File that names the version of Node for `actions/setup-node`, or null. */
  readonly file: string | null;
  /** Version for a pipeline that cannot read that file. */
  readonly version: string;
}

const VERSION_FILES = ['.nvmrc', '.node-version'];
const DEFAULT_VERSION = '24';
/** Lowest major version that nx-fleet runs on. */
const LOWEST_MAJOR = 20;
/** `22`, `22.x`, `v22.3.0`; no expression, no range, no `lts/*`. */
const VERSION = /^v?(\d+(?:\.(?:\d+|x|\*))*)$/;

/** The repository's own: a file of versions, else what its pipelines use, else `engines`. */
export function chooseNode(tree: Tree): NodeChoice {
  const file = VERSION_FILES.find((one) => tree.exists(one));
  if (file !== undefined) return { file, version: versionIn(tree.read(file, 'utf-8') ?? '') ?? DEFAULT_VERSION };
  const used = mostUsed(otherPipelines(tree).flatMap(nodeVersions));
  if (used !== null) return { file: null, version: used };
  const engines = enginesNode(tree);
  if (engines === null) return { file: null, version: DEFAULT_VERSION };
  const major = /\d+/.exec(engines)?.[0];
  return { file: 'package.json', version: major === undefined || Number(major) < LOWEST_MAJOR ? DEFAULT_VERSION : major };
}

function nodeVersions(pipeline: string): readonly string[] {
  const named = [
    ...pipeline.matchAll(/^\s*node-version:\s*['"]?([^'"\s#]+)['"]?/gm),
    ...pipeline.matchAll(/^\s*image:\s*['"]?node:([\w.]+)/gm),
  ];
  return named.flatMap((match) => versionIn(match[1] ?? '') ?? []);
}

function versionIn(text: string): string | null {
  const version = VERSION.exec(text.trim())?.[1] ?? null;
  return version === null || Number.parseInt(version, 10) < LOWEST_MAJOR ? null : version;
}

/** The later one of two that are used as often. */
function mostUsed(versions: readonly string[]): string | null {
  const count = (version: string): number => versions.filter((other) => other === version).length;
  return versions.toSorted((one, other) => count(other) - count(one) || Number.parseFloat(other) - Number.parseFloat(one))[0] ?? null;
}

function enginesNode(tree: Tree): string | null {
  const manifest = parseJson(tree.read('package.json', 'utf-8') ?? '');
  const engines = isRecord(manifest) ? manifest['engines'] : undefined;
  const node = isRecord(engines) ? engines['node'] : undefined;
  return typeof node === 'string' ? node : null;
}
