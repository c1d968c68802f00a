import type { Release, RolloutStatus } from '@ml-platform/plugin-ml-common';
import { sparkline } from '../../output/sparkline';
import { colorPaint, plainPaint } from '../../output/Style';
import { rolloutDashboard } from './rolloutDashboard';

const rollout: RolloutStatus = {
  id: 'r',
  canary: '1.1.0',
  stable: '1.0.0',
  state: 'running',
  steps: [
    { weight: 20, holdMs: 1000 },
    { weight: 100, holdMs: 1000 },
  ],
  step: 0,
  weight: 20,
  heldMs: 500,
  flagged: false,
  series: [0, 50].map(bad => ({
    at: '2026-11-23T11:00:10Z',
    step: 0,
    weight: 20,
    canary: { requests: 100, bad, slow: 0, p99: 8 + bad },
    stable: { requests: 400, bad: 0, slow: 0, p99: 9 },
  })),
  events: [
    { at: '2026-11-23T11:00:00Z', what: 'step', step: 0, cause: 'Step 1 of 2' },
  ],
};
const release = {
  ...{ id: 'r', model: 'wine', environment: 'production', number: 3 },
  ...{ kind: 'deploy', version: '1.1.0', strategy: 'canary' },
  ...{ state: 'progressing', requestedBy: 'user:default/mia' },
  createdAt: '2026-11-23T11:00:00Z',
  rollout,
} as Release;

it('draws steps, both versions and what happened, within the terminal', () => {
  const lines = rolloutDashboard(release, { paint: plainPaint, width: 60 });
  expect(lines[0]).toBe('Release #3: wine@1.1.0 to production');
  expect(lines[1]).toBe('▣ 20 % (50 %)  □ 100 %   running, 20 % now');
  expect(lines).toContain('Failed      ▁▅ 50 % of 1.1.0');
  expect(lines).toContain('            ▁▁ 0 % of 1.0.0');
  expect(lines).toContain('p99         ▂█ 58 ms of 1.1.0');
  expect(lines.at(-1)).toBe('11:00:00  Step 1 of 2');
  for (const width of [20, 40, 200]) {
    const drawn = rolloutDashboard(release, { paint: plainPaint, width });
    for (const line of drawn) expect([...line].length).toBeLessThan(width);
  }
  const coloured = rolloutDashboard(release, { paint: colorPaint, width: 60 });
  expect(coloured).toHaveLength(lines.length);
});

it('says so where nothing has begun', () => {
  const lines = rolloutDashboard(
    { ...release, state: 'loading', rollout: undefined },
    { paint: plainPaint, width: 60 },
  );
  expect(lines.at(-1)).toBe('loading');
});

it('makes bars of numbers, the newest last', () => {
  expect(sparkline([0, 5, undefined, 10], { width: 10 })).toBe('▁▅ █');
  expect(sparkline([1, 2, 3, 4], { width: 2, most: 4 })).toBe('▆█');
  expect(sparkline([0, 0], { width: 5 })).toBe('▁▁');
});
