import { z } from 'zod';
import { shortName } from '../text/names.js';

/** What a finding is called in SARIF, in the comment on a pull request and in the ignore file. */
export const fingerprintSchema = z.string().regex(/^[0-9a-f]{12}$/, 'expected 12 hex digits');

/** What makes a finding the one that it is. */
export interface Identity {
  /** What it was found through; null for a remark that names no place in the change. */
  readonly category: string | null;
  /** Of a remark, whose file says nothing: the project that it is about. */
  readonly project?: string;
  readonly file: string;
  readonly title: string;
}

/**
 * A fingerprint for each finding of one verdict. Lines, severities and bodies change between runs, and a finding stays the same: its category, its
 * file and the words of its title. Two that say the same in one file are distinguished by their order.
 */
export function findingFingerprints(findings: readonly Identity[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const identity = identityOf(finding);
    const nth = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, nth);
    return shortName(`${identity}\0${nth}`);
  });
}

function identityOf({ category, project = '', file, title }: Identity): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [category ?? project, file, words.join('-')].join('\0');
}
