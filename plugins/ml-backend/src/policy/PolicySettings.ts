import type { PolicyKey, PolicyValue } from '@ml-platform/plugin-ml-common';

/**
 * What the platform is to obey now. Ask each time rather than keep the answer:
 * a change that was approved counts from the next look.
 */
export interface PolicySettings {
  get<K extends PolicyKey>(key: K): Promise<PolicyValue<K>>;
}
