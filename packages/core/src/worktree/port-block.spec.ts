import { choosePortBlock, FIRST_PORT, portsByVariable, listBlockPorts } from './port-block.js';

const none = new Set<number>();

describe('choosePortBlock', () => {
  it('is the same for a name, whenever it is asked', () => {
    const request = { name: '/repo/.git#issue-42', taken: none, reserved: none };
    expect(choosePortBlock(request)).toBe(choosePortBlock(request));
  });

  it('lies below the ephemeral range, on a block of ten, for every name', () => {
    for (let index = 0; index < 2_000; index++) {
      const first = choosePortBlock({ name: `issue-${index}`, taken: none, reserved: none }) ?? 0;
      expect(first % 10).toBe(0);
      expect(first).toBeGreaterThanOrEqual(FIRST_PORT);
      expect(first + 9).toBeLessThan(32_768);
    }
  });

  it('goes on to the next block when its own is taken or holds a reserved port', () => {
    const name = 'issue-1';
    const own = choosePortBlock({ name, taken: none, reserved: none }) ?? 0;
    const next = choosePortBlock({ name, taken: new Set([own]), reserved: none }) ?? 0;
    expect(next).not.toBe(own);
    expect(choosePortBlock({ name, taken: none, reserved: new Set([own + 9]) })).toBe(next);
  });

  it('finds the only block that is left, wherever it is, and null when there is none', () => {
    const all = Array.from({ length: 1_000 }, (_, index) => FIRST_PORT + 10 * index);
    for (const left of [20_000, 25_550, 29_990]) {
      expect(choosePortBlock({ name: 'issue-1', taken: new Set(all.filter((first) => first !== left)), reserved: none })).toBe(left);
    }
    expect(choosePortBlock({ name: 'issue-1', taken: new Set(all), reserved: none })).toBeNull();
  });
});

it('listBlockPorts are ten in a row', () => {
  expect(listBlockPorts(20_010)).toEqual([20_010, 20_011, 20_012, 20_013, 20_014, 20_015, 20_016, 20_017, 20_018, 20_019]);
});

it('portsByVariable gives the first ports in the order of the variables', () => {
  expect(portsByVariable(20_010, ['PORT', 'API_PORT'])).toEqual({ PORT: 20_010, API_PORT: 20_011 });
});
