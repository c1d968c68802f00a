import type { GuardedModel } from '@ml-platform/plugin-ml-node';
import type { GrantStore } from './GrantStore';

/** Uses within this time are noted once. */
const NOTE_EVERY_MS = 60_000;

/** Adds to models what was granted, for permission rules. */
export class GrantedModels {
  readonly #store: Pick<GrantStore, 'listActive' | 'noteUse'>;
  readonly #noted = new Map<string, number>();

  constructor(options: { store: Pick<GrantStore, 'listActive' | 'noteUse'> }) {
    this.#store = options.store;
  }

  async withGrants(model: {
    name: string;
    owner: string;
  }): Promise<GuardedModel> {
    const { name, owner } = model;
    return { name, owner, grants: await this.#store.listActive(model) };
  }

  /**
   * Whether the rules admit the model. Grants without which they would not are
   * noted as used.
   */
  async isAdmitted(
    model: { name: string; owner: string },
    admits: (guarded: GuardedModel) => boolean,
  ): Promise<boolean> {
    const { name, owner } = model;
    if (admits({ name, owner, grants: [] })) return true;
    const guarded = await this.withGrants(model);
    const used = guarded.grants.filter(grant =>
      admits({ name, owner, grants: [grant] }),
    );
    await Promise.all(used.map(({ id }) => this.#note(id)));
    return used.length > 0 || admits(guarded);
  }

  async #note(id: string): Promise<void> {
    const now = Date.now();
    if (now - (this.#noted.get(id) ?? 0) < NOTE_EVERY_MS) return;
    this.#noted.set(id, now);
    await this.#store.noteUse(id);
  }
}
