import { z } from 'zod';
import { parseArtifact } from '../artifact/artifact-store.js';
import { fingerprintSchema } from '../review/finding-fingerprint.js';
import { SEVERITIES, type Severity } from '../review/finding.js';
import type { Claim } from '../review/same-claim.js';
import { printableLine } from '../text/printable.js';

const MAX_TITLE_CHARACTERS = 160;
const MAX_BODY_CHARACTERS = 200;
const MAX_FILE_CHARACTERS = 300;
const MAX_FINDINGS = 500;
/** How many fingerprints of earlier reviews are kept for one finding. */
export const MAX_EARLIER_NAMES = 20;

const rememberedObject = z.strictObject({
  fingerprint: fingerprintSchema,
  earlier: z.array(fingerprintSchema).max(MAX_EARLIER_NAMES),
  project: z.string(),
  category: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  body: z.string(),
  file: z.string(),
  startLine: z.int().min(0),
  endLine: z.int().min(0),
  resolved: z.boolean(),
});

/** Comments of earlier versions call the category `lens`. */
const rememberedSchema = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null || !('lens' in value)) return value;
  const { lens: category, ...rest } = value;
  return { category, ...rest };
}, rememberedObject);

const stateSchema = z.strictObject({ version: z.literal(1), findings: z.array(rememberedSchema).max(MAX_FINDINGS) });

/** A finding as the comment remembers it: enough to know it again. */
export type RememberedFinding = z.infer<typeof rememberedSchema>;

interface Memorable extends Claim {
  readonly fingerprint: string;
  readonly earlier: readonly string[];
  readonly project: string;
  readonly severity: Severity;
}

/** Each field in one printable line, cut. */
export function remember(finding: Memorable): RememberedFinding {
  const { fingerprint, earlier, project, category, severity, startLine, endLine } = finding;
  return {
    fingerprint,
    earlier: [...earlier],
    project: printableLine(project),
    category,
    severity,
    title: printableLine(finding.title, MAX_TITLE_CHARACTERS),
    body: printableLine(finding.body, MAX_BODY_CHARACTERS),
    file: printableLine(finding.file, MAX_FILE_CHARACTERS),
    startLine,
    endLine,
    resolved: false,
  };
}

const START = '<!-- nx-fleet state ';
const END = ' -->';

/**
 * Findings as an HTML comment that no text in them can end, nor mention anybody by. Where they take more than `maxCharacters`, bodies go first, then
 * the last ones of the list: a finding that is not remembered is not shown as resolved later.
 */
export function renderState(findings: readonly RememberedFinding[], maxCharacters: number): string {
  const kept = findings.slice(0, MAX_FINDINGS);
  const whole = write(kept);
  if (whole.length <= maxCharacters) return whole;
  const bodiless = kept.map((finding) => ({ ...finding, body: '' }));
  while (bodiless.length > 0 && write(bodiless).length > maxCharacters) bodiless.splice(-Math.ceil(bodiless.length / 10));
  return write(bodiless);
}

/** What a comment remembers; nothing when it holds no state of this version: it may have been edited. */
export function parseState(comment: string): readonly RememberedFinding[] {
  const start = comment.lastIndexOf(START);
  const end = comment.indexOf(END, start);
  if (start === -1 || end === -1) return [];
  return parseArtifact(comment.slice(start + START.length, end), stateSchema)?.findings ?? [];
}

function write(findings: readonly RememberedFinding[]): string {
  const json = JSON.stringify({ version: 1, findings: [...findings] } satisfies z.infer<typeof stateSchema>);
  const escaped = json.replace(/[<>@#&]|--/g, (match) =>
    [...match].map((character) => `\\u00${character.charCodeAt(0).toString(16)}`).join(''),
  );
  return `${START}${escaped}${END}`;
}
