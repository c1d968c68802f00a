import type { VersionState } from '@ml-platform/plugin-ml-common';
import { aDeployment, aRelease, aVersion } from '../__testUtils__/fixtures';
import type { ActionState } from './actions';
import { type VersionRights, versionActions } from './versionActions';

const ALL: VersionRights = { manage: true, remove: true };

const actionsOf = (
  state: VersionState,
  { rights = ALL, version = '0.9.0', deployment = aDeployment() } = {},
) =>
  versionActions({
    version: aVersion({ version, state }),
    deployments: [deployment],
    rights,
  });

const possible = (actions: Record<string, ActionState>) =>
  Object.keys(actions).filter(name => actions[name].enabled);

const reasonOf = (state: ActionState) =>
  state.enabled ? undefined : state.reason;

describe('versionActions', () => {
  it.each([
    ['draft', ['publish', 'remove']],
    ['registered', ['deprecate', 'remove']],
    ['deprecated', ['deprecate', 'undeprecate', 'remove']],
    ['deleted', []],
  ] as const)('lets a %s version take the steps %j', (state, expected) => {
    expect(possible(actionsOf(state))).toEqual(expected);
  });

  it('says why a step does not apply', () => {
    expect(reasonOf(actionsOf('registered').publish)).toMatch('not a draft');
    expect(reasonOf(actionsOf('draft').deprecate)).toMatch('nobody relies');
    expect(reasonOf(actionsOf('registered').undeprecate)).toMatch(
      'not deprecated',
    );
    expect(reasonOf(actionsOf('deleted').remove)).toMatch('is deleted');
  });

  it('keeps what is live, what a rollback needs and what is on its way', () => {
    expect(
      reasonOf(actionsOf('registered', { version: '1.1.0' }).remove),
    ).toMatch('live in production');
    expect(
      reasonOf(actionsOf('registered', { version: '1.0.0' }).remove),
    ).toMatch('kept for a rollback in production');
    const deployment = aDeployment({
      activeRelease: aRelease({
        number: 3,
        version: '0.9.0',
        state: 'loading',
      }),
    });
    expect(reasonOf(actionsOf('registered', { deployment }).remove)).toMatch(
      'Release #3',
    );
  });

  it('names the permission that is missing, before any other reason', () => {
    const actions = actionsOf('deleted', {
      rights: { manage: false, remove: false },
    });
    expect(reasonOf(actions.publish)).toMatch('ml.version.manage');
    expect(reasonOf(actions.deprecate)).toMatch('ml.version.manage');
    expect(reasonOf(actions.remove)).toMatch('ml.version.delete');
  });

  it('offers nothing until it knows what the user may do', () => {
    expect(possible(actionsOf('draft', { rights: {} }))).toEqual([]);
  });
});
