import { ConflictError } from '@backstage/errors';
import type { Release } from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../../audit/AuditLog';
import type { RequestContext } from '../../http/requestContext';
import { ReleaseMovedOn, type ReleaseMoves } from '../ReleaseMoves';
import type { ReleaseStore } from '../ReleaseStore';

/** What people do to releases that wait at the gate or for an approval. */
export class WaitingReleases {
  readonly #options: {
    store: Pick<ReleaseStore, 'get'>;
    moves: ReleaseMoves;
    audit: AuditLog;
  };

  constructor(options: {
    store: Pick<ReleaseStore, 'get'>;
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
    const { audit, moves, store } = this.#options;
    const { environment, id, model, number, version } = release;
    const cause = `Aborted by ${actor}${reason ? `: ${reason}` : ''}`;
    try {
      await moves.move(release, 'aborted', cause, {
        error: cause,
        by: { actor, requestId },
        within: trx =>
          audit.record(
            {
              ...{ actor, requestId },
              action: 'release.abort',
              resource: `deployment:${environment}/${model}`,
              outcome: 'succeeded',
              details: {
                ...{ release: id, number, version },
                ...(reason && { reason }),
              },
            },
            trx,
          ),
      });
    } catch (error) {
      if (!(error instanceof ReleaseMovedOn)) throw error;
      throw new ConflictError(
        `Release ${number} of ${model} in ${environment} is not at its ${release.state} any more; look again`,
      );
    }
    return (await store.get(id))!;
  }
}
