import { z } from 'zod';

/**
 * `monitoring` of `model.yaml`: what is kept of a version's predictions, so
 * that somebody can look after it.
 * @public
 */
export const monitoringSchema = z.strictObject({
  capture: z
    .strictObject({
      percent: z
        .number()
        .min(0)
        .max(100)
        .meta({
          description:
            'Percentage of predictions whose inputs and outputs are kept; the platform may have a lower limit. Tensors with `pii: true` are tokenized or left out.',
          examples: [5],
        }),
    })
    .meta({ description: 'Which predictions are kept.' })
    .optional(),
});

/** @public */
export type MonitoringSettings = z.infer<typeof monitoringSchema>;
