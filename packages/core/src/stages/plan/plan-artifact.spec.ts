import { planSchema, renderPlan } from './plan-artifact.js';
import { aPlan } from '../../stage/staged-issue.contract.js';

describe('planSchema', () => {
  it.each([
    ['without a summary', { ...aPlan, summary: '' }],
    ['without a step', { ...aPlan, steps: [] }],
    ['with a key of its own making', { ...aPlan, shell: 'rm -rf /' }],
  ])('takes no plan %s', (_, plan) => {
    expect(planSchema.safeParse(aPlan).success).toBe(true);
    expect(planSchema.safeParse(plan).success).toBe(false);
  });
});

describe('renderPlan', () => {
  it('shows steps with their files, and the lists that are not empty', () => {
    const steps = [
      { title: 'Add it', detail: 'Like so.', files: ['a.ts', 'b.ts'] },
      { title: 'Test it', detail: '', files: [] },
    ];
    expect(renderPlan({ ...aPlan, steps, acceptance: ['It works.', 'It is fast.'], assumptions: ['None.'] })).toBe(`Do it.

## Steps

1. **Add it** (a.ts, b.ts)
   Like so.
2. **Test it**

## Done when

- It works.
- It is fast.

## Assumptions

- None.
`);
  });
});
