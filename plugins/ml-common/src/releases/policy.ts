import type { PolicyValue } from '../policy/policies';
import type { ActiveFreeze, FreezeWindow } from './freezes';
import type { Environment, Strategy } from './types';

/**
 * The rules that every release of a platform obeys.
 * @public
 */
export interface ReleasePolicy {
  /** How a version takes over in production unless another way is asked for. */
  productionStrategy: PolicyValue<'releases'>['productionStrategy'];
  quotas: PolicyValue<'quotas'>;
  freezes: FreezeWindow[];
}

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
