import type { ReplicaCounts, ServingProblem } from '../serving/controlApi';
import type { RolloutStatus } from '../serving/rollout';

/** @public */
export const ENVIRONMENTS = ['staging', 'production'] as const;

/** @public */
export type Environment = (typeof ENVIRONMENTS)[number];

/**
 * States of a release. `gate`: its version has to have passed its evaluation,
 * which the platform runs where it is missing; `approval`: a second person is
 * asked. Nothing has changed for callers in these two. `pending`, `loading`,
 * `routing` and, with a canary, `progressing` follow. All of them go on by
 * themselves, also after a restart of the portal; the others are final.
 * `refused`: it did not get past the gate or the approval; `rolled_back`: the
 * judge or the version's health ended it; `aborted`: a person did; `shadowed`:
 * it was compared as planned, and no more was to follow. In each of these the
 * version before is live.
 * @public
 */
export const RELEASE_STATES = [
  'gate',
  'approval',
  'pending',
  'loading',
  'routing',
  'progressing',
  'succeeded',
  'refused',
  'failed',
  'rolled_back',
  'aborted',
  'shadowed',
] as const;

/** @public */
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** @public */
export function isFinal(state: ReleaseState): boolean {
  return [
    'succeeded',
    'refused',
    'failed',
    'rolled_back',
    'aborted',
    'shadowed',
  ].includes(state);
}

/** Whether a release has not begun yet: it can be ended without any trace in what is served. @public */
export function isWaiting(state: ReleaseState): boolean {
  return state === 'gate' || state === 'approval';
}

/**
 * How a version takes over. `immediate`: with all requests at once. `canary`:
 * step by step beside the version before, judged by a sequential test.
 * `blueGreen`: checked, then with all requests at once, and watched while the
 * version before stays warm. `shadow`: it answers copies of the requests, for
 * nobody, and what follows is up to the platform's configuration.
 * @public
 */
export const STRATEGIES = [
  'immediate',
  'canary',
  'blueGreen',
  'shadow',
] as const;

/** @public */
export type Strategy = (typeof STRATEGIES)[number];

/**
 * Rules for releases that a platform admin can have lifted for one release, with
 * the approval of a second person.
 * @public
 */
export const RELEASE_RULES = [
  'skip-canary',
  'force-promote',
  'freeze',
  'quota',
] as const;

/** @public */
export type ReleaseRule = (typeof RELEASE_RULES)[number];

/** A rule that did not hold for a release, and the approval of it. @public */
export interface LiftedRule {
  rule: ReleaseRule;
  /** Id of the approval. */
  approval: string;
}

/** @public */
export interface ReleaseExceptionRequest {
  rule: ReleaseRule;
  /** Of all but `force-promote`. */
  version?: string;
  /** `production` when absent. */
  environment?: Environment;
  /** Id of what is to be promoted by force. */
  release?: string;
  reason: string;
}

/** @public */
export interface ReleaseTransition {
  from?: ReleaseState;
  to: ReleaseState;
  at: string;
  actor: string;
  /** Why, in one sentence. */
  cause: string;
}

/**
 * One change of a deployment to a version.
 * @public
 */
export interface Release {
  id: string;
  model: string;
  environment: Environment;
  /** Counts up from 1 for each deployment. */
  number: number;
  kind: 'deploy' | 'rollback';
  version: string;
  /** The version that was live when the release began. */
  fromVersion?: string;
  strategy: Strategy;
  state: ReleaseState;
  /** Given by the person who asked. */
  reason?: string;
  /** Why it was refused, failed or was rolled back. */
  error?: string;
  /** What the data plane last said of the canary, where there is one. */
  rollout?: RolloutStatus;
  /** Id of the release to staging that this one takes to production. */
  promotedFrom?: string;
  /** Rules that an approval lifted for it. */
  lifted?: LiftedRule[];
  /** Id of the evaluation that its gate had run. */
  evaluation?: string;
  /** Rules that it waits to have lifted. */
  awaiting?: LiftedRule[];
  requestedBy: string;
  createdAt: string;
  finishedAt?: string;
  /** Oldest first; only where one release is read. */
  transitions?: ReleaseTransition[];
}

/**
 * What the data plane says of the live version. `unknown`: it cannot be asked.
 * @public
 */
export type Health = 'healthy' | 'starting' | 'failed' | 'unknown' | 'none';

/**
 * A model in an environment.
 * @public
 */
export interface Deployment {
  model: string;
  environment: Environment;
  /** The live version; absent while the first release is under way or after it failed. */
  version?: string;
  /** Number of the release that made it live. */
  releaseNumber?: number;
  /** Since when it is live. */
  since?: string;
  by?: string;
  health: Health;
  healthReason?: string;
  /** The kind of problem behind the reason. */
  problem?: ServingProblem;
  /** Of the live version. */
  replicas?: ReplicaCounts;
  /** Of all its replicas. */
  memoryBytes?: number;
  /** Where a rollback would go; absent when there is nothing to go back to. */
  rollbackVersion?: string;
  /** All good versions before the live one, the newest first. */
  rollbackVersions?: string[];
  /** The release that is under way. */
  activeRelease?: Release;
  /** The newest release, where it failed; what was live before still is. */
  lastFailure?: Release;
  /** Base URL of the model's endpoint in this environment. */
  endpoint: string;
}
