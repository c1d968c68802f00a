import { z } from 'zod';
import { quotaPolicySchema } from '../policy/policies';
import { freezeWindowSchema, type ActiveFreeze } from './freezes';
import type { Environment, Strategy } from './types';

/**
 * The rules that every release of a platform obeys.
 * @public
 */
export const releasePolicySchema = z.strictObject({
  /** How a version takes over in production unless another way is asked for. */
  productionStrategy: z.enum(['canary', 'blueGreen', 'shadow']),
  quotas: quotaPolicySchema,
  freezes: z.array(freezeWindowSchema).max(100),
});

/** @public */
export type ReleasePolicy = z.infer<typeof releasePolicySchema>;

/** How much of a quota a team has used. @public */
export interface QuotaUse {
  used: number;
  limit: number;
}

/**
 * What awaits a deployment that is asked for now.
 * @public
 */
export interface ReleaseOutlook {
  model: string;
  environment: Environment;
  team: string;
  /** Taken where none is asked for. */
  strategy: Strategy;
  /** Nothing is live yet: it is checked, and then gets all requests at once. */
  first: boolean;
  quota: QuotaUse;
  freeze?: ActiveFreeze;
}
