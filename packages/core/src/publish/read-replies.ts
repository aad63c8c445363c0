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
  /** The last word on each fingerprint, in the order in which they were said; null where it shall count again. */
  readonly words: ReadonlyMap<string, ReplyDismissal | null>;
  readonly refused: readonly RefusedReply[];
}

const COMMAND = /^ {0,3}nx-fleet (dismiss|undismiss) ([0-9a-f]{12})(?![0-9a-z])(.*)$/;
const FENCE = /^ {0,3}(?:```|~~~)/;

/** What replies dismiss: the last word counts. A command is at the start of a line, and not in a block of code. */
export function readReplies(replies: readonly Reply[]): ReadReplies {
  const words = new Map<string, ReplyDismissal | null>();
  const say = (fingerprint: string, word: ReplyDismissal | null): void => {
    words.delete(fingerprint);
    words.set(fingerprint, word);
  };
  const refused: RefusedReply[] = [];
  for (const { author, text, mayDismiss } of replies) {
    const by = printableLine(author, 60);
    for (const { verb, fingerprint, reason } of commandsIn(text)) {
      if (!mayDismiss) refused.push({ fingerprint, by, why: 'no-write-access' });
      else if (verb === 'undismiss') say(fingerprint, null);
      else if (reason === '') refused.push({ fingerprint, by, why: 'no-reason' });
      else say(fingerprint, { reason, by });
    }
  }
  return { words, refused };
}

/** The last word on a finding by any of its names. */
export function lastWord({ words }: Pick<ReadReplies, 'words'>, names: readonly string[]): ReplyDismissal | null {
  return [...words].findLast(([name]) => names.includes(name))?.[1] ?? null;
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
