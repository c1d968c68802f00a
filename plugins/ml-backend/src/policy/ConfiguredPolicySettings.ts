import type {
  PolicyKey,
  PolicyValue,
  PolicyValues,
} from '@ml-platform/plugin-ml-common';
import type { PolicySettings } from './PolicySettings';

/** The policies of the configuration. */
export class ConfiguredPolicySettings implements PolicySettings {
  readonly #values: PolicyValues;

  constructor(values: PolicyValues) {
    this.#values = values;
  }

  async get<K extends PolicyKey>(key: K): Promise<PolicyValue<K>> {
    return this.#values[key] as PolicyValue<K>;
  }
}
