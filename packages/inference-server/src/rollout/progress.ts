import {
  ROLLOUT_PHASES,
  ROLLOUT_STATES,
  type JudgeState,
  type RolloutEvent,
  type RolloutPhase,
  type RolloutPlan,
  type RolloutPoint,
  rolloutPlanSchema,
  startStep,
  type Verdict,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { keptMirrorSchema } from '../mirror/MirrorCounter';

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
  /** `steps` when absent. */
  phase: z.enum(ROLLOUT_PHASES).optional(),
  /** What came of copies. */
  mirrored: keptMirrorSchema.optional(),
  step: z.int().min(0),
  heldMs: z.number().min(0),
  flagged: z.boolean(),
  slowMs: z.number().optional(),
  judge: judgeStateSchema,
  verdict: verdictSchema.optional(),
  /** In all steps, and whether it was done in this one. */
  replayed: z.int().min(0).optional(),
  stepReplayed: z.boolean().optional(),
  /** Written by this server and shown as it is. */
  series: z
    .array(z.custom<RolloutPoint>(value => typeof value === 'object'))
    .optional(),
  events: z.array(
    z.strictObject({
      at: z.string(),
      what: z.enum([
        'check',
        'mirror',
        'step',
        'paused',
        'resumed',
        'replayed',
        'promoted',
        'rolled_back',
        'aborted',
        'reported',
      ]),
      step: z.int(),
      cause: z.string(),
      actor: z.string().optional(),
      verdict: verdictSchema.optional(),
    }),
  ) satisfies z.ZodType<RolloutEvent[]>,
});

export type KeptRollout = z.infer<typeof keptRolloutSchema>;

/** People may pause and resume; a record of it must stay small. */
const MAX_EVENTS = 200;

/** The phases of a plan, in their order. */
function phasesOf({ check, mirror }: RolloutPlan): RolloutPhase[] {
  const phases: RolloutPhase[] = [];
  if (check) phases.push('check');
  if (mirror) phases.push('mirror');
  if (mirror?.afterwards !== 'end') phases.push('steps');
  return phases;
}

/** The first phase of a plan. */
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
  return enter(kept, phasesOf(plan)[0]);
}

/** The phase after the one that is over; undefined when that was the last. */
export function nextPhase(
  kept: KeptRollout,
  cause: string,
): KeptRollout | undefined {
  const phases = phasesOf(kept.plan);
  const next = phases[phases.indexOf(phaseOf(kept)) + 1];
  return next && enter(kept, next, cause);
}

function enter(
  kept: KeptRollout,
  phase: RolloutPhase,
  cause?: string,
): KeptRollout {
  const { plan } = kept;
  const { phase: _, ...rest } = kept;
  const entered: KeptRollout = {
    ...rest,
    // Plans of canaries look as they did before there were phases.
    ...(phase !== 'steps' && { phase }),
    heldMs: 0,
    judge: startStep(),
  };
  const because = cause ? `: ${cause}` : '';
  switch (phase) {
    case 'check':
      return withEvent(
        entered,
        'check',
        `Checking ${plan.canary} before it gets any request${because}`,
      );
    case 'mirror':
      return withEvent(
        entered,
        'mirror',
        `Copies of ${plan.mirror!.percent} % of the requests go to ${
          plan.canary
        }, whose answers nobody gets${because}`,
      );
    default:
      return withEvent(entered, 'step', `${describeStep(plan, 0)}${because}`);
  }
}

export function phaseOf({ phase }: KeptRollout): RolloutPhase {
  return phase ?? 'steps';
}

/** The next step; the judge starts with an open mind. */
export function nextStep(kept: KeptRollout, cause: string): KeptRollout {
  const { stepReplayed: _, verdict, ...rest } = kept;
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
    { verdict },
  );
}

export function withEvent(
  kept: KeptRollout,
  what: RolloutEvent['what'],
  cause: string,
  { actor, verdict }: { actor?: string; verdict?: Verdict } = {},
): KeptRollout {
  const event: RolloutEvent = {
    at: new Date().toISOString(),
    what,
    step: kept.step,
    cause,
    ...(actor && { actor }),
    ...(verdict && { verdict }),
  };
  const [first, ...later] = kept.events;
  const events = first ? [first, ...later.slice(2 - MAX_EVENTS)] : [];
  return { ...kept, events: [...events, event] };
}

/** Share of the requests that the canary gets, in percent. */
export function weightOf(kept: KeptRollout): number {
  const { plan, state, step } = kept;
  if (state === 'promoted') return 100;
  const under = state === 'running' || state === 'paused';
  return under && phaseOf(kept) === 'steps' ? plan.steps[step].weight : 0;
}

function describeStep(plan: RolloutPlan, step: number): string {
  const { canary, stable, steps, strategy } = plan;
  if (strategy === 'blueGreen') {
    return `Every request goes to ${canary}; ${stable} stays warm`;
  }
  return `Step ${step + 1} of ${steps.length}, ${
    steps[step].weight
  } % on ${canary}`;
}
