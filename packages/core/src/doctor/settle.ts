import type { Complaint } from './complaint.js';

/** Complaints that were there at both looks: what is just being made or removed is none. The second look's are the ones to mend. */
export function lastingComplaints(first: readonly Complaint[], second: readonly Complaint[]): readonly Complaint[] {
  const seen = new Set(first.map(keyOf));
  return second.filter((complaint) => seen.has(keyOf(complaint)));
}

function keyOf({ subject, reason }: Complaint): string {
  return `${subject}\n${reason}`;
}
