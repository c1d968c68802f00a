import { z } from 'zod';
import {
  type ArmCounts,
  INSUFFICIENT_EVIDENCE_POLICIES,
  type JudgeSettings,
  type Stream,
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
  insufficientEvidence: z.enum(INSUFFICIENT_EVIDENCE_POLICIES),
  /** A step that lasts longer than this without enough evidence is rolled back. */
  maxStepMs: milliseconds,
});

/** @public */
export type RolloutSettings = z.infer<typeof rolloutSettingsSchema>;

/** Requests that a version must answer before it gets any of the traffic. @public */
export const rolloutCheckSchema = z.strictObject({
  /** JSON inference requests, as text; where there is none, one is made of the interface. */
  requests: z.array(z.string().max(256 * 1024)).max(20),
});

/** What came of sample requests. @public */
export interface VersionCheck {
  /** Requests that were answered well, before the first that was not. */
  answered: number;
  /** Why it did not pass, for people. */
  problem?: string;
}

/**
 * Copies of the live version's requests that a version answers for nobody, to be
 * compared with what the callers got.
 * @public
 */
export const rolloutMirrorSchema = z.strictObject({
  /** Share of the requests that is copied, in percent. */
  percent: z.number().gt(0).max(100),
  /** How long, at the least. */
  holdMs: milliseconds,
  /** Answered copies that a decision needs. */
  minRequests: z.int().min(1),
  /** Share of copies that may fail. */
  maxErrorRate: z.number().min(0).max(1),
  /** Share of compared answers that may differ; not judged when absent. */
  maxDisagreement: z.number().min(0).max(1).optional(),
  /** Numbers that differ by no more than this share of their size are the same. */
  tolerance: z.number().min(0).max(1),
  /** What follows a good one. */
  afterwards: z.enum(['end', 'canary']),
});

/** @public */
export type RolloutMirror = z.infer<typeof rolloutMirrorSchema>;

/**
 * How a version takes over, handed to the data plane once: it carries the plan
 * out by itself, also while the control plane is down.
 * @public
 */
export const rolloutPlanSchema = rolloutSettingsSchema
  .extend({
    /** Id of the release. */
    id: z.string().min(1).max(100),
    /** How it takes over; a canary when absent. */
    strategy: z.enum(['canary', 'blueGreen', 'shadow']).optional(),
    /** Comes first. */
    check: rolloutCheckSchema.optional(),
    /** What is replayed to both versions for want of traffic, where the policy says so. */
    replay: rolloutCheckSchema.optional(),
    /** Comes before the steps, or in their place. */
    mirror: rolloutMirrorSchema.optional(),
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

/**
 * Where a rollout can be. `reported`: copies were answered and compared as
 * planned, and nothing was to follow.
 * @public
 */
export const ROLLOUT_STATES = [
  'running',
  'paused',
  'promoted',
  'rolled_back',
  'aborted',
  'reported',
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
  what:
    | 'check'
    | 'mirror'
    | 'step'
    | 'paused'
    | 'resumed'
    | 'replayed'
    | 'promoted'
    | 'rolled_back'
    | 'aborted'
    | 'reported';
  /** Index into the plan's steps. */
  step: number;
  /** In one sentence. */
  cause: string;
  /** Who did it; the data plane by itself when absent. */
  actor?: string;
  /** What the judge said, where it decided. */
  verdict?: Verdict;
}

/** What one version did in an interval; times in milliseconds. @public */
export interface RolloutArmPoint extends ArmCounts {
  p50?: number;
  p99?: number;
}

/** What was counted in an interval of a rollout, for charts. @public */
export interface RolloutPoint {
  /** Its end. */
  at: string;
  step: number;
  /** Share of the requests that the canary got, in percent. */
  weight: number;
  canary: RolloutArmPoint;
  /** Absent where there was nothing to compare with. */
  stable?: RolloutArmPoint;
  /** The evidence of the step at its end. */
  e?: Record<Stream, number>;
}

/** How one output of two versions compared. @public */
export interface MirroredOutput {
  /** Single numbers, texts or truth values. */
  elements: number;
  /** Those that differ: numbers by more than the tolerance, anything else at all. */
  differing: number;
  /** Absent for outputs that are no numbers. */
  maxDifference?: number;
}

/** What came of the copies. @public */
export interface MirrorReport {
  /** Copies that the version was asked to answer. */
  sent: number;
  /** Those without an answer, or with one of 500 and above. */
  errors: number;
  /** Copies that were not sent: too many were waiting. */
  dropped: number;
  /** Requests that could not be copied or compared, as too large ones. */
  skipped: number;
  /** Answers that were compared, and those among them that were the same. */
  compared: number;
  agreed: number;
  /** By name. */
  outputs: Record<string, MirroredOutput>;
  /** Of the version's answers to copies, and of the live version's to the same requests. */
  latencyMs?: { shadow: MirrorLatency; live: MirrorLatency };
}

/** @public */
export interface MirrorLatency {
  p50: number;
  p99: number;
}

/** What a rollout is at: `steps` is what a canary begins with. @public */
export const ROLLOUT_PHASES = ['check', 'mirror', 'steps'] as const;

/** @public */
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

/** @public */
export interface RolloutStatus {
  id: string;
  /** A canary when absent. */
  strategy?: RolloutPlan['strategy'];
  /** `steps` when absent. */
  phase?: RolloutPhase;
  /** How requests are copied, where they are. */
  mirror?: RolloutMirror;
  /** What came of the copies so far. */
  report?: MirrorReport;
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
  /** Sample requests that were replayed to the canary for want of traffic. */
  replayed?: number;
  /** Its course; only where one release is read. */
  series?: RolloutPoint[];
  /** The newest verdict of the step under way. */
  verdict?: Verdict;
  /** Oldest first. */
  events: RolloutEvent[];
}

/**
 * What a person may do with a rollout under way. `promote` lets the canary take
 * over at once, whatever the evidence.
 * @public
 */
export const ROLLOUT_ACTIONS = ['pause', 'resume', 'abort', 'promote'] as const;

/** @public */
export type RolloutAction = (typeof ROLLOUT_ACTIONS)[number];

/** @public */
export const rolloutActionSchema = z.strictObject({
  /** Id of the release, so that never another one is meant. */
  id: z.string().min(1),
  /** Why: recorded with the event. */
  cause: z.string().min(1).max(1_000),
  actor: z.string().min(1).max(255).optional(),
});
