import { printableLine } from '../text/printable.js';

/** A comment on a pull request that is not ours. */
export interface Reply {
  readonly author: string;
  readonly text: string;
  /** Its author may write to the repository. */
  readonly mayDismiss: boolean;
}

export interface ReplyDismissal {
  readonly reason: string;
  readonly by: string;
}

/** A reply that counts for nothing. */
export interface RefusedReply {
  readonly fingerprint: string;
  readonly by: string;
  readonly why: 'no-write-access' | 'no-reason';
}

export interface ReadReplies {
  readonly dismissed: ReadonlyMap<string, ReplyDismissal>;
  readonly refused: readonly RefusedReply[];
}

const COMMAND = /^ {0,3}nx-fleet (dismiss|undismiss) ([0-9a-f]{12})(?![0-9a-z])(.*)$/;
const FENCE = /^ {0,3}(?:```|~~~)/;

/** What replies dismiss, in their order: the last word counts. A command stands at the start of a line, and not in a block of code. */
export function readReplies(replies: readonly Reply[]): ReadReplies {
  const dismissed = new Map<string, ReplyDismissal>();
  const refused: RefusedReply[] = [];
  for (const { author, text, mayDismiss } of replies) {
    const by = printableLine(author, 60);
    for (const { verb, fingerprint, reason } of commandsIn(text)) {
      if (!mayDismiss) refused.push({ fingerprint, by, why: 'no-write-access' });
      else if (verb === 'undismiss') dismissed.delete(fingerprint);
      else if (reason === '') refused.push({ fingerprint, by, why: 'no-reason' });
      else dismissed.set(fingerprint, { reason, by });
    }
  }
  return { dismissed, refused };
}

interface ReplyCommand {
  readonly verb: string;
  readonly fingerprint: string;
  readonly reason: string;
}

function commandsIn(text: string): readonly ReplyCommand[] {
  let isCode = false;
  const commands: ReplyCommand[] = [];
  for (const line of text.split(/\r\n?|\n/)) {
    if (FENCE.test(line)) isCode = !isCode;
    const [, verb, fingerprint, reason = ''] = (isCode ? null : COMMAND.exec(line)) ?? [];
    if (verb !== undefined && fingerprint !== undefined) commands.push({ verb, fingerprint, reason: printableLine(reason) });
  }
  return commands;
}
