/** Something that does not fit together, and what the doctor does about it. */
export interface Complaint {
  /** What it is about: `issue-42`, a path, a database's name. */
  readonly subject: string;
  readonly reason: string;
  /** What mends it, for people: `undo`, `finish`, `release`, `remove`; `advise` when only a person can. */
  readonly remedy: 'undo' | 'finish' | 'release' | 'remove' | 'advise';
  /** Mends it; absent for an advice. */
  readonly mend?: () => Promise<void>;
}

export interface ComplaintReport {
  readonly subject: string;
  readonly reason: string;
  readonly remedy: Complaint['remedy'];
  readonly outcome: 'mended' | 'would-mend' | 'needs-you' | 'failed';
  /** Why mending failed. */
  readonly error?: string;
}
