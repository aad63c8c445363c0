import type { Complaint } from './complaint.js';
import { lastingComplaints } from './settle.js';

const complaint = (subject: string, reason: string): Complaint => ({ subject, reason, remedy: 'undo', mend: async () => {} });

describe('lastingComplaints', () => {
  it('are those of both looks, as the second has seen them', () => {
    const second = [complaint('issue-1', 'a'), complaint('issue-2', 'b'), complaint('issue-3', 'a')];
    const first = [complaint('issue-1', 'a'), complaint('issue-2', 'a'), complaint('issue-4', 'a')];
    const [lasting, ...others] = lastingComplaints(first, second);
    expect(lasting).toBe(second[0]);
    expect(others).toEqual([]);
  });
});
