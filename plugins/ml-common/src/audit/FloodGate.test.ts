import { FloodGate } from './FloodGate';

it('lets the first of a sort pass, and tells how many more there were', async () => {
  const told: Array<[string, number]> = [];
  const gate = new FloodGate({
    each: 2,
    onMore: (sort, more) => {
      told.push([sort, more]);
    },
  });
  expect([1, 2, 3, 4, 5].map(() => gate.passes('forged'))).toEqual([
    ...[true, true],
    ...[false, false, false],
  ]);
  expect(gate.passes('expired')).toBe(true);
  await gate.flush();
  expect(told).toEqual([['forged', 3]]);
  expect(gate.passes('forged')).toBe(true);
});
