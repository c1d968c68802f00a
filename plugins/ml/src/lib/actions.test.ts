import type { Deployment } from '@ml-platform/plugin-ml-common';
import { aDeployment, aModel, aRelease } from '../__testUtils__/fixtures';
import {
  changesApiVersion,
  deployAnywhere,
  type ReleaseRights,
  releaseActions,
} from './actions';

const ALL: ReleaseRights = { deploy: true, rollback: true };

function actionsFor(
  deployment: Deployment | undefined,
  rights = ALL,
  versionCount = 2,
) {
  return releaseActions({
    model: aModel({ versionCount }),
    environment: 'production',
    deployment,
    rights,
  });
}

const reasonOf = (state: { enabled: boolean; reason?: string }) => state.reason;

describe('releaseActions', () => {
  it('lets a healthy deployment be changed and rolled back', () => {
    const actions = actionsFor(aDeployment());
    expect(actions.deploy).toEqual({ enabled: true });
    expect(actions.rollback).toEqual({ enabled: true });
    expect(actions.rollbackVersion).toBe('1.0.0');
  });

  it('refuses the version that is live, and only that one', () => {
    const actions = actionsFor(aDeployment());
    expect(reasonOf(actions.deployVersion('1.1.0'))).toMatch(
      '1.1.0 is live in production already',
    );
    expect(actions.deployVersion('1.0.0')).toEqual({ enabled: true });
  });

  it('waits for the release that is under way', () => {
    const actions = actionsFor(
      aDeployment({
        activeRelease: aRelease({
          number: 3,
          version: '1.2.0',
          state: 'loading',
        }),
      }),
    );
    for (const state of [
      actions.deploy,
      actions.rollback,
      actions.deployVersion('1.0.0'),
    ]) {
      expect(reasonOf(state)).toMatch('Release #3 to 1.2.0 is under way');
    }
  });

  it('lets the next one take the place of one that only waits, for those who may end it', () => {
    const deployment = aDeployment({
      activeRelease: aRelease({
        ...{ number: 3, version: '1.2.0', state: 'approval' },
      }),
    });
    expect(actionsFor(deployment).deploy).toEqual({ enabled: true });
    expect(
      reasonOf(
        actionsFor(deployment, { deploy: true, rollback: false }).deploy,
      ),
    ).toMatch('Release #3 to 1.2.0 is under way');
  });

  it('has nothing to roll back to before the second release', () => {
    expect(
      reasonOf(
        actionsFor(aDeployment({ rollbackVersion: undefined })).rollback,
      ),
    ).toMatch('nothing to go back to');
    expect(reasonOf(actionsFor(undefined).rollback)).toMatch(
      'Nothing is live in production',
    );
  });

  it('has nothing to deploy without a version', () => {
    expect(reasonOf(actionsFor(undefined, ALL, 0).deploy)).toMatch(
      'No version is registered',
    );
  });

  it('names the permission that is missing, before any other reason', () => {
    const actions = actionsFor(undefined, { deploy: false, rollback: false });
    expect(reasonOf(actions.deploy)).toMatch('ml.release.production');
    expect(reasonOf(actions.rollback)).toMatch('ml.release.rollback');
  });

  it('offers nothing until it knows what the user may do', () => {
    const actions = actionsFor(aDeployment(), {});
    expect(reasonOf(actions.deploy)).toMatch('Checking');
    expect(reasonOf(actions.rollback)).toMatch('Checking');
  });

  it('keeps drafts out of production, and deleted versions out of everything', () => {
    const { deployVersion } = actionsFor(undefined);
    expect(reasonOf(deployVersion('1.2.0', 'draft'))).toMatch('publish it');
    expect(reasonOf(deployVersion('1.2.0', 'deleted'))).toMatch('is deleted');
    const staging = releaseActions({
      model: aModel(),
      environment: 'staging',
      deployment: undefined,
      rights: ALL,
    });
    expect(staging.deployVersion('1.2.0', 'draft').enabled).toBe(true);
  });
});

describe('deployAnywhere', () => {
  const production = actionsFor(aDeployment());
  const staging = actionsFor(aDeployment({ version: '1.0.0' }));

  it('is possible when one environment takes the version', () => {
    expect(deployAnywhere({ production, staging }, '1.1.0').enabled).toBe(true);
  });

  it('gives every reason when none does', () => {
    expect(
      reasonOf(deployAnywhere({ production, staging: production }, '1.1.0')),
    ).toBe('1.1.0 is live in production already.');
  });
});

it.each([
  [undefined, '1.0.0', false],
  ['1.0.0', '1.9.0', false],
  ['1.9.0', '2.0.0', true],
])('from %s to %s changes the API version: %s', (from, to, changes) => {
  expect(changesApiVersion(from, to)).toBe(changes);
});
