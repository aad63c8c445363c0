import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';

const HOUR_MS = 3_600_000;
const UNIT_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/**
 * A moment as the user names it: `24h`, `7d` and `2w` before now, `2026-11-01` for that midnight here, or an ISO time.
 * @throws UserError for anything else
 */
export function parseSince(text: string, now: Date): Date {
  const [, count = '', unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  if (count !== '') return new Date(now.getTime() - Number(count) * (UNIT_MS[unit] ?? 0));
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.test(text);
  const moment = new Date(isDate ? `${text}T00:00` : text);
  if ((isDate || isTime) && !Number.isNaN(moment.getTime())) return moment;
  throw new UserError(
    `"${printableLine(text, 60)}" is not a time to count from. Give a span or a date: --since=24h, --since=7d, --since=2026-11-01.`,
  );
}
