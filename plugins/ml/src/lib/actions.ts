import {
  apiVersionOf,
  isFinal,
  isWaiting,
} from '@ml-platform/plugin-ml-common';
import type {
  Deployment,
  Environment,
  Model,
  Release,
  RolloutAction,
  VersionState,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';

/** Whether something may be done now, and if not, why not. */
export type ActionState =
  | { enabled: true }
  | { enabled: false; reason: string };

/** What the caller may do; `undefined` until the backend has answered. */
export interface ReleaseRights {
  deploy?: boolean;
  rollback?: boolean;
  /** Use exceptions from the rules. */
  override?: boolean;
}

/** What can be done with a model in one environment. */
export interface ReleaseActions {
  /** Some version can be deployed. */
  deploy: ActionState;
  /** This version can be deployed; its state matters where it is known. */
  deployVersion(version: string, state?: VersionState): ActionState;
  rollback: ActionState;
  /** Where a rollback goes. */
  rollbackVersion?: string;
  /** Pausing and resuming a canary takes the right to deploy; aborting it, to roll back. */
  steer: Record<RolloutAction, ActionState>;
}

/** It may be done. */
export const ENABLED: ActionState = { enabled: true };

/**
 * Decides what can be done with a model in an environment. Page, cards, tables
 * and dialogs all ask here, so that they cannot disagree.
 */
export function releaseActions(options: {
  model: Pick<Model, 'name' | 'owner' | 'versionCount'>;
  environment: Environment;
  deployment: Deployment | undefined;
  rights: ReleaseRights;
}): ReleaseActions {
  const { model, environment, deployment, rights } = options;
  const busy = busyReason(deployment);
  const deploy = firstReason(
    rightReason(rights.deploy, texts.actions.mayNotDeploy(environment)),
    model.versionCount === 0 && texts.actions.noVersions,
    // One that only waits ends for the next, for those who may end it.
    !(isWaitingIn(deployment) && rights.rollback) && busy,
  );
  return {
    deploy,
    deployVersion: (version, state) =>
      deploy.enabled
        ? firstReason(
            state === 'deleted' && texts.actions.deleted(version),
            state === 'draft' &&
              environment === 'production' &&
              texts.actions.draft(version),
            deployment?.version === version &&
              texts.actions.alreadyLive(version, environment),
          )
        : deploy,
    rollback: firstReason(
      rightReason(rights.rollback, texts.actions.mayNotRollBack(environment)),
      !deployment?.version && texts.actions.nothingLive(environment),
      // Going back ends what has not begun.
      !isWaitingIn(deployment) && busy,
      !deployment?.rollbackVersion && texts.actions.noEarlierVersion,
    ),
    rollbackVersion: deployment?.rollbackVersion,
    steer: steerActions(environment, deployment, rights),
  };
}

function steerActions(
  environment: Environment,
  deployment: Deployment | undefined,
  rights: ReleaseRights,
): ReleaseActions['steer'] {
  const state = deployment?.activeRelease?.rollout?.state;
  const mayDeploy = rightReason(
    rights.deploy,
    texts.actions.mayNotDeploy(environment),
  );
  const over = !state && texts.actions.noCanary;
  return {
    pause: firstReason(
      mayDeploy,
      over,
      state === 'paused' && texts.canary.paused,
    ),
    resume: firstReason(
      mayDeploy,
      over,
      state === 'running' && texts.actions.notPaused,
    ),
    abort: firstReason(
      rightReason(rights.rollback, texts.actions.mayNotRollBack(environment)),
      !isWaitingIn(deployment) && over,
    ),
    promote: firstReason(
      rightReason(rights.override, texts.actions.mayNotOverride),
      over,
    ),
  };
}

/** Whether going from one version to the other changes the API version. */
export function changesApiVersion(from: string | undefined, to: string) {
  return from !== undefined && apiVersionOf(from) !== apiVersionOf(to);
}

/** The release that waits there, and ends when another one is deployed. */
export function waitingIn(
  deployment: Deployment | undefined,
): Release | undefined {
  const release = deployment?.activeRelease;
  return release && isWaiting(release.state) ? release : undefined;
}

function isWaitingIn(deployment: Deployment | undefined): boolean {
  return waitingIn(deployment) !== undefined;
}

function busyReason(deployment: Deployment | undefined) {
  const release = deployment?.activeRelease;
  return release && !isFinal(release.state) && texts.actions.busy(release);
}

/** Why a permission stands in the way, if it does. */
export function rightReason(right: boolean | undefined, denied: string) {
  if (right === undefined) return texts.actions.checkingRights;
  return !right && denied;
}

/** The first of the reasons that holds. */
export function firstReason(
  ...reasons: Array<string | false | undefined>
): ActionState {
  const reason = reasons.find(Boolean);
  return reason ? { enabled: false, reason } : ENABLED;
}

/** Whether a version can be deployed to at least one environment. */
export function deployAnywhere(
  actions: Record<Environment, ReleaseActions>,
  version: string,
  state?: VersionState,
): ActionState {
  const states = Object.values(actions).map(each =>
    each.deployVersion(version, state),
  );
  const reasons = states.flatMap(each => (each.enabled ? [] : [each.reason]));
  return reasons.length < states.length
    ? ENABLED
    : { enabled: false, reason: [...new Set(reasons)].join(' ') };
}
