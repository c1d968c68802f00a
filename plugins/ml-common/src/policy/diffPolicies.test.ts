import { describeDifference, diffPolicies } from './diffPolicies';

const told = (before: object, after: object) =>
  diffPolicies(before, after).map(describeDifference);

it('names what differs, by its path', () => {
  expect(
    told(
      { quotas: { staging: 5, production: 10 }, on: true },
      { quotas: { production: 10, staging: 8 }, on: false },
    ),
  ).toEqual(['quotas.staging: 5 → 8', 'on: true → false']);
});

it('tells of lists what came and what went', () => {
  expect(
    told(
      { roles: { admin: ['a', 'b'] }, freezes: [{ from: '1', to: '2' }] },
      {
        roles: { admin: ['b', 'c'] },
        freezes: [{ to: '2', from: '1' }, { reason: 'x' }],
      },
    ),
  ).toEqual(['roles.admin: + c, − a', 'freezes: + {"reason":"x"}']);
});

it('notices another order, which counts for steps', () => {
  expect(told({ steps: [1, 2] }, { steps: [2, 1] })).toEqual([
    'steps: [1,2] → [2,1]',
  ]);
});

it('tells what was not there before, or is not there any more', () => {
  expect(told({ a: {} }, { a: { champion: ['signed'] } })).toEqual([
    'a.champion: nothing → ["signed"]',
  ]);
  expect(told({ a: 1, b: 2 }, { a: 1 })).toEqual(['b: 2 → nothing']);
  expect(told({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).toEqual([]);
});
