import {
  emergencyRollbackSchema,
  ENVIRONMENTS,
  experimentSpecSchema,
  modelNameSchema,
  routesSchema,
  servedVersionSchema,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { keptRolloutSchema } from '../rollout/progress';

/**
 * What the server has accepted for one model in one environment: all that it
 * needs to serve again after a restart, alone.
 */
export const acceptedStateSchema = z.strictObject({
  format: z.literal(1),
  environment: z.enum(ENVIRONMENTS),
  model: modelNameSchema,
  versions: z.array(servedVersionSchema),
  routes: routesSchema.optional(),
  rollout: keptRolloutSchema.optional(),
  experiment: experimentSpecSchema.optional(),
  emergency: emergencyRollbackSchema.optional(),
});

export type AcceptedState = z.infer<typeof acceptedStateSchema>;
