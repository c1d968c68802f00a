import { type Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import {
  rolloutMirrorSchema,
  rolloutSettingsSchema,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';

const MINUTE = 60_000;

const strategySettingsSchema = z.strictObject({
  blueGreen: z.strictObject({
    /** How long the new version is watched and the old one stays warm. */
    bakeMs: z.int().min(0),
    insufficientEvidence: rolloutSettingsSchema.shape.insufficientEvidence,
  }),
  shadow: rolloutMirrorSchema,
});

/** What blue-green and shadow releases of a platform have in common. */
export type StrategySettings = z.infer<typeof strategySettingsSchema>;

/** @throws InputError where the configuration cannot be carried out */
export function readStrategySettings(root: Config): StrategySettings {
  const path = 'ml.releases';
  const config = root.getOptionalConfig(path);
  const duration = (key: string, fallback: number) =>
    config?.has(key)
      ? durationToMilliseconds(readDurationFromConfig(config, { key }))
      : fallback;
  const number = (key: string) => config?.getOptionalNumber(key);
  const maxDisagreement = number('shadow.maxDisagreement');
  const result = strategySettingsSchema.safeParse({
    blueGreen: {
      bakeMs: duration('blueGreen.bake', 15 * MINUTE),
      // The switch is made: too few requests are no reason to take it back.
      insufficientEvidence:
        config?.getOptionalString('blueGreen.insufficientEvidence') ??
        'proceed_flagged',
    },
    shadow: {
      percent: number('shadow.percent') ?? 100,
      holdMs: duration('shadow.hold', 30 * MINUTE),
      minRequests: number('shadow.minRequests') ?? 100,
      maxErrorRate: number('shadow.maxErrorRate') ?? 0.01,
      ...(maxDisagreement !== undefined && { maxDisagreement }),
      tolerance: number('shadow.tolerance') ?? 1e-5,
      afterwards: config?.getOptionalString('shadow.afterwards') ?? 'end',
    },
  });
  if (result.success) return result.data;
  const [{ message, path: where }] = result.error.issues;
  throw new InputError(`${[path, ...where].join('.')}: ${message}`);
}
