import type { InsufficientEvidencePolicy, Verdict } from './types';

/** What a release does next. @public */
export type StepAction =
  | 'rollback'
  | 'wait'
  | 'advance'
  /** Go on without the evidence, marked as such. */
  | 'advance_flagged'
  /** Send the evaluation set to the canary, and judge again. */
  | 'replay';

/** @public */
export interface StepProgress {
  /** How long the step has lasted, in milliseconds. */
  elapsedMs: number;
  /** How long it lasts at the least. */
  holdMs: number;
  /** The evaluation set was sent to the canary in this step. */
  replayed: boolean;
}

/**
 * What follows from a verdict. A rollback is due at once; everything else waits
 * until the step has lasted its time. Missing evidence never passes silently.
 * @public
 */
export function decideStep(
  verdict: Verdict,
  progress: StepProgress,
  policy: InsufficientEvidencePolicy,
): StepAction {
  if (verdict.decision === 'rollback') return 'rollback';
  if (progress.elapsedMs < progress.holdMs) return 'wait';
  if (verdict.decision === 'pass') return 'advance';
  switch (policy) {
    case 'proceed_flagged':
      return 'advance_flagged';
    case 'synthetic':
      return progress.replayed ? 'wait' : 'replay';
    default:
      return 'wait';
  }
}
