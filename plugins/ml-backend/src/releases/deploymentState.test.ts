import {
  applyRelease,
  EMPTY_STATE,
  liveVersion,
  retainedVersions,
  rollbackVersion,
  routesOf,
} from './deploymentState';

const after = (...steps: string[]) =>
  steps.reduce((state, step) => {
    const [kind, version] = step.split(' ') as ['deploy' | 'rollback', string];
    return applyRelease(state, { kind, version });
  }, EMPTY_STATE);

describe('deploymentState', () => {
  it('has nothing to go back to after the first release', () => {
    const state = after('deploy 1.0.0');
    expect(liveVersion(state)).toBe('1.0.0');
    expect(rollbackVersion(state)).toBeUndefined();
  });

  it('never goes back to the version that a rollback just left', () => {
    const state = after('deploy 1.0.0', 'deploy 1.1.0', 'rollback 1.0.0');
    expect(liveVersion(state)).toBe('1.0.0');
    expect(rollbackVersion(state)).toBeUndefined();
  });

  it('goes back step by step, also over several versions at once', () => {
    const state = after('deploy 1.0.0', 'deploy 1.1.0', 'deploy 1.2.0');
    expect(rollbackVersion(state)).toBe('1.1.0');
    const back = applyRelease(state, { kind: 'rollback', version: '1.0.0' });
    expect(liveVersion(back)).toBe('1.0.0');
    expect(rollbackVersion(back)).toBeUndefined();
  });

  it('does not count a repeated deploy as a step', () => {
    const state = after('deploy 1.0.0', 'deploy 1.1.0', 'deploy 1.1.0');
    expect(rollbackVersion(state)).toBe('1.0.0');
  });

  it('keeps the version before and one of each API version loaded and routed', () => {
    const state = after(
      'deploy 1.0.0',
      'deploy 1.3.0',
      'deploy 2.0.0',
      'deploy 2.1.0',
    );
    expect([...retainedVersions(state)].sort()).toEqual([
      '1.3.0',
      '2.0.0',
      '2.1.0',
    ]);
    expect(routesOf(state, 7)).toEqual({
      generation: 7,
      split: [{ version: '2.1.0', weight: 100 }],
      majors: {
        1: [{ version: '1.3.0', weight: 100 }],
        2: [{ version: '2.1.0', weight: 100 }],
      },
      fallback: '2.0.0',
    });
  });
});
