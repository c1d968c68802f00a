import { type Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import {
  DEFAULT_JUDGE_SETTINGS,
  type RolloutSettings,
  rolloutSettingsSchema,
} from '@ml-platform/plugin-ml-common';

const MINUTE = 60_000;

/** 5 % → 25 % → 100 %, 30 minutes in all. */
const DEFAULT_STEPS = [
  { weight: 5, holdMs: 10 * MINUTE },
  { weight: 25, holdMs: 10 * MINUTE },
  { weight: 100, holdMs: 10 * MINUTE },
];

/** @throws InputError where the configuration cannot be carried out */
export function readCanarySettings(root: Config): RolloutSettings {
  const path = 'ml.releases.canary';
  const config = root.getOptionalConfig(path);
  const duration = (key: string, fallback: number) =>
    config?.has(key)
      ? durationToMilliseconds(readDurationFromConfig(config, { key }))
      : fallback;
  const steps =
    config?.getOptionalConfigArray('steps')?.map(step => ({
      weight: step.getNumber('weight'),
      holdMs: durationToMilliseconds(
        readDurationFromConfig(step, { key: 'hold' }),
      ),
    })) ?? DEFAULT_STEPS;
  const { objective, ...judge } = DEFAULT_JUDGE_SETTINGS;
  const result = rolloutSettingsSchema.safeParse({
    steps,
    judge: {
      ...judge,
      steps: Math.max(steps.length, 1),
      alpha: config?.getOptionalNumber('falseAlarmRate') ?? judge.alpha,
      tolerance: config?.getOptionalNumber('tolerance') ?? judge.tolerance,
      objective: {
        ...objective,
        errors: config?.getOptionalNumber('maxErrorRate') ?? objective.errors,
      },
    },
    tickMs: duration('tick', 10_000),
    clientCap: config?.getOptionalNumber('clientCap') ?? 1_000,
    insufficientEvidence:
      config?.getOptionalString('insufficientEvidence') ?? 'extend',
    maxStepMs: duration('maxStep', 24 * 60 * MINUTE),
  });
  if (result.success) return result.data;
  const [{ message, path: where }] = result.error.issues;
  throw new InputError(`${[path, ...where].join('.')}: ${message}`);
}
