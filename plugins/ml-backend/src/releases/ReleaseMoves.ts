import { isFinal, type ReleaseState } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { DeploymentState } from './deploymentState';
import { releaseEvent } from './releaseEvent';
import type { ActiveRelease, ReleaseStore } from './ReleaseStore';

/** Recorded as the actor of what the platform does by itself. */
export const PLATFORM_ACTOR = 'service:ml-platform';

export interface MoveOptions {
  /** Why it did not succeed. */
  error?: string;
  /** The deployment after it. */
  after?: DeploymentState;
  /** Who did it; the platform when not given. */
  by?: { actor: string; requestId: string };
  /** Done in the same transaction, before. */
  within?: (trx: Knex.Transaction) => Promise<void>;
}

/** Somebody else moved the release on meanwhile. */
export class ReleaseMovedOn extends Error {}

/** Moves releases from one state to the next: state, audit event and notice in one transaction. */
export class ReleaseMoves {
  readonly #options: {
    store: ReleaseStore;
    audit: AuditLog;
    outbox: EventOutbox;
    changes: ChangeNotifier;
  };

  constructor(options: {
    store: ReleaseStore;
    audit: AuditLog;
    outbox: EventOutbox;
    changes: ChangeNotifier;
  }) {
    this.#options = options;
  }

  /** @throws ReleaseMovedOn, and changes nothing then */
  async move(
    release: ActiveRelease,
    to: ReleaseState,
    cause: string,
    options: MoveOptions = {},
  ): Promise<void> {
    const { changes, store } = this.#options;
    await store.transaction(trx =>
      this.moveIn(trx, release, { ...options, to, cause }),
    );
    const { environment, id, model } = release;
    changes.modelChanged({ model, environment, releaseId: id });
  }

  /**
   * The same in a transaction of the caller, who tells of it afterwards.
   * @throws ReleaseMovedOn
   */
  async moveIn(
    trx: Knex.Transaction,
    release: ActiveRelease,
    move: MoveOptions & { to: ReleaseState; cause: string },
  ): Promise<void> {
    const { audit, outbox, store } = this.#options;
    const { after, by, cause, error, to, within } = move;
    const { id, model, environment } = release;
    const actor = by?.actor ?? PLATFORM_ACTOR;
    await within?.(trx);
    const generation =
      to === 'routing'
        ? await store.nextGeneration(trx, model, environment)
        : undefined;
    const moved = await store.transition(trx, id, {
      ...{ from: release.state, to, actor, cause, error, generation },
    });
    if (!moved) {
      throw new ReleaseMovedOn(
        `Release ${id} is not ${release.state} any more`,
      );
    }
    if (after) {
      await store.saveDeployment(trx, {
        ...after,
        model,
        environment,
        releaseNumber: release.number,
        since: new Date().toISOString(),
        by: release.requestedBy,
        generation: release.generation!,
      });
    }
    if (!isFinal(to)) return;
    await audit.record(
      {
        actor,
        action: `release.${release.kind}`,
        resource: `deployment:${environment}/${model}`,
        outcome: outcomeOf(to),
        details: {
          release: id,
          number: release.number,
          version: release.version,
          requestedBy: release.requestedBy,
          ...(error && { error }),
        },
        ...(by && { requestId: by.requestId }),
      },
      trx,
    );
    await outbox.append(releaseEvent(release, to, error), trx);
  }
}

function outcomeOf(state: ReleaseState) {
  if (state === 'succeeded' || state === 'shadowed') return 'succeeded';
  return state === 'refused' ? 'denied' : 'failed';
}
