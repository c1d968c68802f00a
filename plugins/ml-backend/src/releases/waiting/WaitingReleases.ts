import { ConflictError } from '@backstage/errors';
import {
  type Environment,
  isWaiting,
  type Release,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../../audit/AuditLog';
import type { RequestContext } from '../../http/requestContext';
import { ReleaseMovedOn, type ReleaseMoves } from '../ReleaseMoves';
import type { ReleaseStore } from '../ReleaseStore';

/** What people do to releases that wait at the gate or for an approval. */
export class WaitingReleases {
  readonly #options: {
    store: Pick<ReleaseStore, 'get' | 'getActive'>;
    moves: ReleaseMoves;
    audit: AuditLog;
  };

  constructor(options: {
    store: Pick<ReleaseStore, 'get' | 'getActive'>;
    moves: ReleaseMoves;
    audit: AuditLog;
  }) {
    this.#options = options;
  }

  /**
   * Ends one before it began; nothing that is served changes. For callers whose
   * permission was checked.
   * @throws ConflictError when it has begun meanwhile
   */
  async abort(
    { actor, requestId }: RequestContext,
    release: Release,
    reason: string | undefined,
  ): Promise<Release> {
    const { moves, store } = this.#options;
    const cause = `Aborted by ${actor}${reason ? `: ${reason}` : ''}`;
    await this.#asConflict(release, () =>
      moves.move(release, 'aborted', cause, {
        error: cause,
        by: { actor, requestId },
        within: trx => this.#record(trx, { actor, requestId }, release, reason),
      }),
    );
    return (await store.get(release.id))!;
  }

  /**
   * Ends one that waits for another that is about to be stored, in the
   * transaction of that: when it is refused, the one that waited still does.
   * For callers whose permission was checked.
   * @returns what was ended, for the caller to tell of
   */
  async supersede(
    trx: Knex.Transaction,
    { actor, requestId }: RequestContext,
    id: string,
    by: { model: string; environment: Environment; version: string },
  ): Promise<Release | undefined> {
    const { moves, store } = this.#options;
    const waiting = await store.getActive(by.model, by.environment, trx);
    // What has begun is refused as ever, where the new one is stored.
    if (waiting?.id !== id || !isWaiting(waiting.state)) return undefined;
    const reason = `superseded by a release of ${by.version}`;
    const cause = `Aborted by ${actor}: ${reason}`;
    await this.#asConflict(waiting, () =>
      moves.moveIn(trx, waiting, {
        ...{ to: 'aborted', cause, error: cause, by: { actor, requestId } },
        within: () => this.#record(trx, { actor, requestId }, waiting, reason),
      }),
    );
    return waiting;
  }

  async #record(
    trx: Knex.Transaction,
    who: { actor: string; requestId: string },
    { environment, id, model, number, version }: Release,
    reason: string | undefined,
  ): Promise<void> {
    await this.#options.audit.record(
      {
        ...who,
        action: 'release.abort',
        resource: `deployment:${environment}/${model}`,
        outcome: 'succeeded',
        details: {
          ...{ release: id, number, version },
          ...(reason && { reason }),
        },
      },
      trx,
    );
  }

  async #asConflict(
    { environment, model, number, state }: Release,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ReleaseMovedOn)) throw error;
      throw new ConflictError(
        `Release ${number} of ${model} in ${environment} is not at its ${state} any more; look again`,
      );
    }
  }
}
