import {
  ROLLOUT_STATES,
  type JudgeState,
  type RolloutEvent,
  type RolloutPlan,
  rolloutPlanSchema,
  startStep,
  type Verdict,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';

const counts = z.strictObject({
  requests: z.int(),
  bad: z.int(),
  slow: z.int(),
});
const ratios = z.array(z.number());

const judgeStateSchema = z.strictObject({
  logRatios: z.strictObject({ errors: ratios, latency: ratios }),
  canary: counts,
  stable: counts.optional(),
  recent: z.array(
    z.strictObject({
      at: z.number(),
      canary: counts,
      stable: counts.optional(),
    }),
  ),
}) satisfies z.ZodType<JudgeState>;

/** Written by this server and shown as it is: not looked into. */
const verdictSchema = z.custom<Verdict>(value => typeof value === 'object');

/** A rollout as it is kept on disk. */
export const keptRolloutSchema = z.strictObject({
  plan: rolloutPlanSchema,
  state: z.enum(ROLLOUT_STATES),
  step: z.int().min(0),
  heldMs: z.number().min(0),
  flagged: z.boolean(),
  slowMs: z.number().optional(),
  judge: judgeStateSchema,
  verdict: verdictSchema.optional(),
  events: z.array(
    z.strictObject({
      at: z.string(),
      what: z.enum([
        'step',
        'paused',
        'resumed',
        'promoted',
        'rolled_back',
        'aborted',
      ]),
      step: z.int(),
      cause: z.string(),
      verdict: verdictSchema.optional(),
    }),
  ) satisfies z.ZodType<RolloutEvent[]>,
});

export type KeptRollout = z.infer<typeof keptRolloutSchema>;

/** People may pause and resume; a record of it must stay small. */
const MAX_EVENTS = 200;

/** The first step of a plan. */
export function begin(plan: RolloutPlan, slowMs?: number): KeptRollout {
  const kept: KeptRollout = {
    plan,
    state: 'running',
    step: 0,
    heldMs: 0,
    flagged: false,
    ...(slowMs !== undefined && { slowMs }),
    judge: startStep(),
    events: [],
  };
  return withEvent(kept, 'step', describeStep(plan, 0));
}

/** The next step; the judge starts with an open mind. */
export function nextStep(kept: KeptRollout, cause: string): KeptRollout {
  const { verdict, ...rest } = kept;
  const next = {
    ...rest,
    step: kept.step + 1,
    heldMs: 0,
    judge: startStep(),
  };
  return withEvent(
    next,
    'step',
    `${describeStep(kept.plan, next.step)}: ${cause}`,
    verdict,
  );
}

export function withEvent(
  kept: KeptRollout,
  what: RolloutEvent['what'],
  cause: string,
  verdict?: Verdict,
): KeptRollout {
  const event: RolloutEvent = {
    at: new Date().toISOString(),
    what,
    step: kept.step,
    cause,
    ...(verdict && { verdict }),
  };
  const [first, ...later] = kept.events;
  const events = first ? [first, ...later.slice(2 - MAX_EVENTS)] : [];
  return { ...kept, events: [...events, event] };
}

/** Share of the requests that the canary gets, in percent. */
export function weightOf({ plan, state, step }: KeptRollout): number {
  if (state === 'promoted') return 100;
  if (state === 'rolled_back' || state === 'aborted') return 0;
  return plan.steps[step].weight;
}

function describeStep({ steps, canary }: RolloutPlan, step: number): string {
  return `Step ${step + 1} of ${steps.length}, ${
    steps[step].weight
  } % on ${canary}`;
}
