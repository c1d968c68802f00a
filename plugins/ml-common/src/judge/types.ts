/** The part of the traffic that a version gets during a release. @public */
export type Arm = 'stable' | 'canary';

/**
 * What is counted of an arm within a tick, or over several.
 * @public
 */
export interface ArmCounts {
  /** Requests that count: all but those that the client got wrong (4xx). */
  requests: number;
  /** Of these: 5xx, timed out, failed in transport, or with an invalid output. */
  bad: number;
  /** Of these: slower than the 99th percentile of the stable arm before the canary began. */
  slow: number;
}

/**
 * The counts of 10 to 30 seconds. `stable` is absent where there is no control
 * arm: at 100 %, or in a first deployment.
 * @public
 */
export interface Tick {
  /** End of the tick, in milliseconds since the epoch. */
  at: number;
  canary: ArmCounts;
  stable?: ArmCounts;
}

/** What is tested: errors and latency, by the same test. @public */
export const STREAMS = ['errors', 'latency'] as const;

/** @public */
export type Stream = (typeof STREAMS)[number];

/** What to do when a step ends without enough evidence. @public */
export const INSUFFICIENT_EVIDENCE_POLICIES = [
  'extend',
  'synthetic',
  'proceed_flagged',
] as const;

/** @public */
export type InsufficientEvidencePolicy =
  (typeof INSUFFICIENT_EVIDENCE_POLICIES)[number];

/**
 * Settings of the judge. Rates and probabilities lie between 0 and 1.
 * @public
 */
export interface JudgeSettings {
  /** Probability, over a whole release, of rolling back a version that is no worse. */
  alpha: number;
  /** Number of steps that share `alpha`. */
  steps: number;
  /** A step passes when a bad rate this much above the stable arm's is excluded. */
  tolerance: number;
  /** Where there is no control arm: the rates that must hold. */
  objective: {
    /** Highest rate of bad requests. */
    errors: number;
    /** Highest rate of slow requests. */
    latency: number;
  };
  floor: {
    /** Over how long the floor looks back, in milliseconds. */
    windowMs: number;
    /** Fewer canary requests than this never trip the floor. */
    minRequests: number;
    /** Rate of bad canary requests that trips it … */
    canaryBadRate: number;
    /** … unless the stable arm's rate is this high: then it is not the version. */
    stableBadRate: number;
  };
}

/**
 * What the judge remembers of a step. Plain JSON: it can be kept on disk and
 * taken up again after a restart.
 * @public
 */
export interface JudgeState {
  /** Natural logarithm of the likelihood ratio, for each odds ratio of the mixture. */
  logRatios: Record<Stream, number[]>;
  canary: ArmCounts;
  /** Absent where no tick had a control arm. */
  stable?: ArmCounts;
  /** The ticks that the floor still looks at, oldest first. */
  recent: Tick[];
}

/** An interval that holds the true value with 95 % confidence. @public */
export interface Interval {
  low: number;
  high: number;
}

/** @public */
export interface StreamEvidence {
  /** The e-value. At or above `threshold` the version is rolled back. */
  e: number;
  threshold: number;
  /** Rates among the requests of each arm; undefined without requests. */
  canaryRate?: number;
  stableRate?: number;
  /**
   * 95 % interval of the canary's rate less the stable arm's; without a control
   * arm, of the canary's rate itself. For reading: no decision hangs on it.
   */
  interval?: Interval;
}

/** @public */
export type Decision = 'rollback' | 'pass' | 'insufficient_evidence';

/** What made the judge decide. @public */
export type VerdictRule =
  | 'floor'
  | 'sequential_test'
  | 'objective'
  | 'promotion_gate';

/** @public */
export interface Verdict {
  decision: Decision;
  rule: VerdictRule;
  /** The stream that decided on a rollback. */
  stream?: Stream;
  canary: ArmCounts;
  stable?: ArmCounts;
  evidence: Record<Stream, StreamEvidence>;
  /** How many more clean canary requests the step needs at the least; 0 when it passes. */
  missingRequests: number;
  /** Why, in one sentence. */
  reason: string;
}
