import { z } from 'zod';
import {
  INSUFFICIENT_EVIDENCE_POLICIES,
  type JudgeSettings,
  type Verdict,
} from '../judge';
import { versionSchema } from '../package/names';
import { routesSchema } from './controlApi';

const rate = z.number().gt(0).lt(1);
const milliseconds = z.int().min(0);

/** @public */
export const judgeSettingsSchema = z.strictObject({
  alpha: rate,
  steps: z.int().min(1),
  tolerance: rate,
  objective: z.strictObject({ errors: rate, latency: rate }),
  floor: z.strictObject({
    windowMs: milliseconds,
    minRequests: z.int().min(1),
    canaryBadRate: rate,
    stableBadRate: rate,
  }),
}) satisfies z.ZodType<JudgeSettings>;

/** @public */
export const rolloutStepsSchema = z
  .array(
    z.strictObject({
      /** Share of the requests that the canary gets, in percent. */
      weight: z.number().gt(0).max(100),
      /** How long the step lasts at the least, in milliseconds. */
      holdMs: milliseconds,
    }),
  )
  .min(1)
  .max(20)
  .refine(
    steps => steps.every(({ weight }, i) => !i || weight > steps[i - 1].weight),
    'weights must rise from step to step',
  )
  .refine(
    steps => steps[steps.length - 1]?.weight === 100,
    'the last step must have weight 100',
  );

/**
 * What all canaries of a platform have in common.
 * @public
 */
export const rolloutSettingsSchema = z.strictObject({
  steps: rolloutStepsSchema,
  judge: judgeSettingsSchema,
  /** How often the judge is asked, in milliseconds. */
  tickMs: z.int().min(100),
  /** Requests of one client that count within a tick. */
  clientCap: z.int().min(1).max(65_535),
  insufficientEvidence: z
    .enum(INSUFFICIENT_EVIDENCE_POLICIES)
    // There is no evaluation set to replay yet.
    .exclude(['synthetic']),
  /** A step that lasts longer than this without enough evidence is rolled back. */
  maxStepMs: milliseconds,
});

/** @public */
export type RolloutSettings = z.infer<typeof rolloutSettingsSchema>;

/**
 * How a canary takes over, handed to the data plane once: it carries the plan
 * out by itself, also while the control plane is down.
 * @public
 */
export const rolloutPlanSchema = rolloutSettingsSchema
  .extend({
    /** Id of the release. */
    id: z.string().min(1).max(100),
    stable: versionSchema,
    canary: versionSchema,
    /** Routes without the canary, and what a rollback restores. */
    stableRoutes: routesSchema,
    /** Routes once the canary has taken over. Both have the same generation. */
    canaryRoutes: routesSchema,
  })
  .refine(
    ({ stableRoutes, canaryRoutes }) =>
      stableRoutes.generation === canaryRoutes.generation,
    'the routes must have the same generation',
  );

/** @public */
export type RolloutPlan = z.infer<typeof rolloutPlanSchema>;

/** @public */
export const ROLLOUT_STATES = [
  'running',
  'paused',
  'promoted',
  'rolled_back',
  'aborted',
] as const;

/** @public */
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** @public */
export function isRolloutOver(state: RolloutState): boolean {
  return state !== 'running' && state !== 'paused';
}

/** Something that happened in a rollout, and why. @public */
export interface RolloutEvent {
  at: string;
  what: 'step' | 'paused' | 'resumed' | 'promoted' | 'rolled_back' | 'aborted';
  /** Index into the plan's steps. */
  step: number;
  /** In one sentence. */
  cause: string;
  /** What the judge said, where it decided. */
  verdict?: Verdict;
}

/** @public */
export interface RolloutStatus {
  id: string;
  canary: string;
  stable: string;
  state: RolloutState;
  steps: RolloutPlan['steps'];
  /** Index into the steps: the one under way, or the last one there was. */
  step: number;
  /** Share of the requests that the canary gets now, in percent. */
  weight: number;
  /** How long the step has lasted, without pauses, in milliseconds. */
  heldMs: number;
  /** A step was passed without enough evidence, as the policy allows. */
  flagged: boolean;
  /** Requests that take longer count as slow; absent with too few of them before. */
  slowMs?: number;
  /** The newest verdict of the step under way. */
  verdict?: Verdict;
  /** Oldest first. */
  events: RolloutEvent[];
}

/** What a person may do with a rollout under way. @public */
export const ROLLOUT_ACTIONS = ['pause', 'resume', 'abort'] as const;

/** @public */
export type RolloutAction = (typeof ROLLOUT_ACTIONS)[number];

/** @public */
export const rolloutActionSchema = z.strictObject({
  /** Id of the release, so that never another one is meant. */
  id: z.string().min(1),
  /** Who, and why: recorded with the event. */
  cause: z.string().min(1).max(1_000),
});
