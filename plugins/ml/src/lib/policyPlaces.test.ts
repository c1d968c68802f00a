import {
  findProblems,
  placesOf,
  problemAt,
  valueAt,
  withValueAt,
} from './policyPlaces';

const CANARY = {
  steps: [
    { weight: 5, holdMs: 5000 },
    { weight: 100, holdMs: 5000 },
  ],
  judge: {
    ...{ alpha: 0.01, steps: 3, tolerance: 0.05 },
    objective: { errors: 0.01, latency: 0.05 },
    floor: {
      ...{ windowMs: 60_000, minRequests: 5 },
      ...{ canaryBadRate: 0.5, stableBadRate: 0.1 },
    },
  },
  ...{ tickMs: 1000, clientCap: 1000, maxStepMs: 60_000 },
  insufficientEvidence: 'extend',
};

it('knows every place of every value', () => {
  const known = placesOf('canary', CANARY).map(({ keys }) => keys.join('.'));
  const leaves = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' && !Array.isArray(inner)
        ? leaves(inner, `${path}${key}.`)
        : `${path}${key}`,
    );
  expect([...known].sort()).toEqual(leaves(CANARY).sort());
  expect(placesOf('freezes', [])).toMatchObject([{ keys: [] }]);
  // An older backend may know less.
  expect(placesOf('quotas', { stagingDeploymentsPerTeam: 1 })).toHaveLength(1);
});

it('finds nothing wrong in what is right', () => {
  expect(findProblems('canary', CANARY)).toEqual({});
});

it('says what is wrong at its place, with its unit', () => {
  const wrong = withValueAt(
    withValueAt(CANARY, ['judge', 'alpha'], 1),
    ['maxStepMs'],
    undefined,
  );
  expect(findProblems('canary', wrong)).toEqual({
    'judge.alpha': 'Must be less than 100 %.',
    maxStepMs: 'Enter a time with its unit, as 30 s, 10 min or 1 h 30 min.',
  });
  const steps = [
    { weight: 50, holdMs: undefined },
    { weight: 20, holdMs: 1 },
  ];
  const found = findProblems('canary', { ...CANARY, steps });
  expect(problemAt(found, 'steps', 0)).toMatch(/^Enter a time/);
  expect(
    findProblems('canary', {
      ...CANARY,
      steps: [{ weight: 20, holdMs: 1 }],
    }).steps,
  ).toBe('The last step must have weight 100.');
});

it('says what a freeze lacks', () => {
  expect(findProblems('freezes', [{ reason: '', from: 'x' }])).toMatchObject({
    '0.reason': 'Fill this in.',
    '0.from': 'Choose a day and a time.',
  });
});

it('says that somebody must be an admin', () => {
  const roles = {
    ...{ 'ml-viewer': ['vera'], 'ml-engineer': [], 'data-access-auditor': [] },
    'platform-admin': [],
  };
  const found = findProblems('roles', roles);
  expect(found['platform-admin']).toMatch(/^Must name somebody/);
  expect(problemAt(found, 'ml-viewer')).toBeDefined();
});

it('reads and changes one place of a copy', () => {
  const value = { a: { b: 1, c: 2 }, d: 3 };
  expect(valueAt(value, ['a', 'b'])).toBe(1);
  expect(valueAt(value, ['x', 'y'])).toBeUndefined();
  expect(withValueAt(value, ['a', 'b'], 9)).toEqual({
    a: { b: 9, c: 2 },
    d: 3,
  });
  expect(withValueAt(value, [], 7)).toBe(7);
  expect(value.a.b).toBe(1);
});
