import type { PolicyKey, PolicyValue } from '@ml-platform/plugin-ml-common';
import type { PolicySettings } from './PolicySettings';
import type { PolicyStore } from './PolicyStore';

/**
 * What holds, read from the database each time: a change counts from the next
 * question on, in every process. Not to be asked within a transaction, which
 * may hold the only connection.
 */
export class StoredPolicySettings implements PolicySettings {
  readonly #store: Pick<PolicyStore, 'newest'>;

  constructor(options: { store: Pick<PolicyStore, 'newest'> }) {
    this.#store = options.store;
  }

  async get<K extends PolicyKey>(key: K): Promise<PolicyValue<K>> {
    const newest = await this.#store.newest();
    // There is one since the start; without it nothing may go on unruled.
    if (!newest) throw new Error('The platform has no policies');
    return newest.values[key] as PolicyValue<K>;
  }
}
