import {
  decideStep,
  judge,
  observe,
  type Tick,
} from '@ml-platform/plugin-ml-common';
import { type KeptRollout, nextStep, withEvent } from './progress';

/**
 * A rollout after one more tick: the judge is asked, and what follows is done.
 * Pure, so that what is on disk and what is in effect cannot differ.
 *
 * @param elapsedMs - how long the tick lasted, in milliseconds
 */
export function advance(
  before: KeptRollout,
  tick: Tick,
  elapsedMs: number,
): KeptRollout {
  const { plan } = before;
  const judged = observe(before.judge, tick, plan.judge);
  const verdict = judge(judged, plan.judge);
  const kept: KeptRollout = {
    ...before,
    judge: judged,
    verdict,
    // Time in which nothing was served, during a restart, proves nothing.
    heldMs: before.heldMs + Math.min(elapsedMs, 3 * plan.tickMs),
  };
  const action = decideStep(
    verdict,
    {
      elapsedMs: kept.heldMs,
      holdMs: plan.steps[kept.step].holdMs,
      replayed: false,
    },
    plan.insufficientEvidence,
  );
  switch (action) {
    case 'rollback':
      return rollBack(kept, verdict.reason);
    case 'advance':
      return goOn(kept, verdict.reason);
    case 'advance_flagged':
      return goOn(
        { ...kept, flagged: true },
        `without enough evidence, as the policy allows (${verdict.reason})`,
      );
    default:
      if (kept.heldMs < plan.maxStepMs) return kept;
      return rollBack(
        kept,
        `There was not enough evidence within ${Math.round(
          plan.maxStepMs / 60_000,
        )} min. ${verdict.reason}`,
      );
  }
}

/** Ends a rollout with everything on the stable version. */
export function rollBack(kept: KeptRollout, cause: string): KeptRollout {
  return withEvent(
    { ...kept, state: 'rolled_back' },
    'rolled_back',
    cause,
    kept.verdict,
  );
}

function goOn(kept: KeptRollout, cause: string): KeptRollout {
  if (kept.step + 1 < kept.plan.steps.length) return nextStep(kept, cause);
  return withEvent(
    { ...kept, state: 'promoted' },
    'promoted',
    cause,
    kept.verdict,
  );
}
