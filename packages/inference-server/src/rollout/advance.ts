import {
  decideStep,
  judge,
  observe,
  type Tick,
} from '@ml-platform/plugin-ml-common';
import type { KeptMirror } from '../mirror/MirrorCounter';
import { type KeptRollout, nextPhase, nextStep, withEvent } from './progress';

/** More would only load the machine. */
const MAX_REPLAYED = 2_000;

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
      replayed: Boolean(kept.stepReplayed),
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

/**
 * How many sample requests are to be replayed now: the step has lasted its time,
 * there was too little traffic, and the policy says so. None where it is 0.
 */
export function replayDue(kept: KeptRollout): number {
  const { heldMs, plan, state, step, stepReplayed, verdict } = kept;
  if (state !== 'running' || !verdict) return 0;
  const action = decideStep(
    verdict,
    {
      elapsedMs: heldMs,
      holdMs: plan.steps[step].holdMs,
      replayed: Boolean(stepReplayed),
    },
    plan.insufficientEvidence,
  );
  return action === 'replay'
    ? Math.min(verdict.missingRequests, MAX_REPLAYED)
    : 0;
}

/** A rollout after sample requests were replayed: they are evidence, and told as what they are. */
export function afterReplay(before: KeptRollout, tick: Tick): KeptRollout {
  const { requests } = tick.canary;
  const told = withEvent(
    {
      ...before,
      replayed: (before.replayed ?? 0) + requests,
      stepReplayed: true,
    },
    'replayed',
    `For want of traffic, ${requests} sample requests were replayed to ${before.plan.canary}`,
  );
  return advance(told, tick, 0);
}

/**
 * A rollout that copies requests, after one more tick.
 *
 * @param mirrored - what came of the copies so far
 */
export function advanceMirror(
  before: KeptRollout,
  mirrored: KeptMirror,
  elapsedMs: number,
): KeptRollout {
  const { plan } = before;
  const mirror = plan.mirror!;
  const { agreed, compared, errors, sent } = mirrored;
  const kept: KeptRollout = {
    ...before,
    mirrored,
    heldMs: before.heldMs + Math.min(elapsedMs, 3 * plan.tickMs),
  };
  const enough = sent >= mirror.minRequests;
  if (enough && errors / sent > mirror.maxErrorRate) {
    return rollBack(
      kept,
      `${errors} of ${sent} copies failed, more than ${percent(
        mirror.maxErrorRate,
      )}`,
    );
  }
  if (kept.heldMs < mirror.holdMs) return kept;
  const found = `${sent} copies answered, ${errors} failed, ${agreed} of ${compared} answers were the same`;
  if (mirror.afterwards === 'end') {
    return withEvent({ ...kept, state: 'reported' }, 'reported', found);
  }
  if (!enough) {
    if (plan.insufficientEvidence === 'proceed_flagged') {
      return nextPhase(
        { ...kept, flagged: true },
        `without enough copies, as the policy allows (${found})`,
      )!;
    }
    if (kept.heldMs < plan.maxStepMs) return kept;
    return rollBack(
      kept,
      `Of ${
        mirror.minRequests
      } copies that are needed, there were ${sent} within ${Math.round(
        plan.maxStepMs / 60_000,
      )} min`,
    );
  }
  const limit = mirror.maxDisagreement;
  if (limit !== undefined && compared - agreed > limit * compared) {
    return rollBack(
      kept,
      `${
        compared - agreed
      } of ${compared} answers differed, more than ${percent(limit)}`,
    );
  }
  return nextPhase(kept, found)!;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** Ends a rollout with everything on the stable version. */
export function rollBack(kept: KeptRollout, cause: string): KeptRollout {
  return withEvent({ ...kept, state: 'rolled_back' }, 'rolled_back', cause, {
    verdict: kept.verdict,
  });
}

function goOn(kept: KeptRollout, cause: string): KeptRollout {
  if (kept.step + 1 < kept.plan.steps.length) return nextStep(kept, cause);
  return withEvent({ ...kept, state: 'promoted' }, 'promoted', cause, {
    verdict: kept.verdict,
  });
}
