import type { Knex } from 'knex';
import type { ReleaseState } from '@ml-platform/plugin-ml-common';
import type { EventOutbox, OutboxEvent } from '../webhooks/EventOutbox';
import type { GitopsStore } from './GitopsStore';

const PREFIX = 'internal.ml.release.';

/**
 * Stands before the outbox: what it is told of a release that ended is kept as
 * the intent of a commit, in the same transaction.
 */
export class ReleaseIntents implements EventOutbox {
  readonly #options: {
    outbox: EventOutbox;
    store: GitopsStore;
    /** Called when there is something to commit. */
    onIntent: () => void;
  };

  constructor(options: {
    outbox: EventOutbox;
    store: GitopsStore;
    onIntent: () => void;
  }) {
    this.#options = options;
  }

  async append(event: OutboxEvent, trx: Knex.Transaction): Promise<void> {
    const { onIntent, outbox, store } = this.#options;
    await outbox.append(event, trx);
    const state = endStateOf(event.type);
    const { environment, error, release } = (event.data ?? {}) as Record<
      string,
      string | undefined
    >;
    const { model } = event;
    if (!state || !model || !release || !environment) return;
    await store.addIntent(trx, {
      release,
      model,
      environment: environment as 'staging' | 'production',
      state,
      error,
      at: new Date().toISOString(),
    });
    trx.executionPromise.then(onIntent, () => {});
  }
}

/** Other events of releases, such as that one waits, change nothing in Git. */
function endStateOf(type: string): ReleaseState | undefined {
  const ends = [
    'succeeded',
    'refused',
    'failed',
    'rolled_back',
    'aborted',
    'shadowed',
  ];
  const state = type.startsWith(PREFIX) ? type.slice(PREFIX.length) : '';
  return ends.includes(state) ? (state as ReleaseState) : undefined;
}
