import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { ArtifactAudit } from '../ArtifactAudit';
import type { ArtifactProtection } from '../removal/ArtifactProtection';
import type { ExternalArtifactStore } from './ExternalArtifactStore';

const TABLE = 'ml_external_removals';
const MINUTE_MS = 60_000;
const LONGEST_WAIT_MS = 6 * 60 * MINUTE_MS;
const AT_ONCE = 100;

interface RemovalRow {
  repository: string;
  digest: string;
  due_at: string;
  started_at: string | null;
  failures: number;
  last_error: string | null;
}

export interface ExternalRemovalsOptions {
  knex: Knex;
  store: ExternalArtifactStore;
  /** Which manifests must stay. */
  protection: ArtifactProtection;
  audit: ArtifactAudit;
  logger: LoggerService;
  /** Wait before the first attempt; a minute by default. */
  delayMs?: number;
}

/**
 * Deletes manifests of deleted versions from a registry that somebody else runs.
 *
 * The registry cannot take part in a transaction. So the one that deletes the
 * version notes what is to go, and a scheduled run does it afterwards, again and
 * again until the registry has done it: what is gone already counts as done. The
 * wait before the first attempt lets a registration of the same manifest, under
 * way at the time, end and be seen.
 */
export class ExternalRemovals {
  readonly #options: ExternalRemovalsOptions;

  constructor(options: ExternalRemovalsOptions) {
    this.#options = options;
  }

  /**
   * Keeps a manifest, because a version is made of it.
   * @throws ConflictError when its removal has begun
   */
  async hold(
    repository: string,
    digest: string,
    trx: Knex.Transaction,
  ): Promise<void> {
    const row = await trx<RemovalRow>(TABLE)
      .where({ repository, digest })
      .forUpdate()
      .first();
    if (!row) return;
    if (row.started_at) {
      throw new ConflictError(
        `the manifest ${digest} of ${repository} is being deleted from the registry, because the version that it was made for was deleted; ${
          row.last_error
            ? `that fails at the moment (${row.last_error})`
            : 'wait a minute, push it again, then register it'
        }`,
      );
    }
    await trx(TABLE).where({ repository, digest }).delete();
  }

  /** Notes, within the transaction, that a manifest is to go. */
  async release(
    repository: string,
    digest: string,
    trx: Knex.Transaction,
  ): Promise<void> {
    const due = Date.now() + (this.#options.delayMs ?? MINUTE_MS);
    await trx(TABLE)
      .insert({ repository, digest, due_at: new Date(due).toISOString() })
      .onConflict(['repository', 'digest'])
      .ignore();
  }

  /** @returns how many manifests of versions were deleted */
  async removeDue(): Promise<number> {
    const due = await this.#options
      .knex<RemovalRow>(TABLE)
      .where('due_at', '<=', new Date().toISOString())
      .orderBy('due_at')
      .limit(AT_ONCE);
    let removed = 0;
    for (const { repository, digest } of due) {
      const row = await this.#begin(repository, digest);
      if (row && (await this.#remove(row))) removed += 1;
    }
    return removed;
  }

  /** @returns undefined when it stays, or somebody else is done with it */
  async #begin(
    repository: string,
    digest: string,
  ): Promise<RemovalRow | undefined> {
    const { knex, protection } = this.#options;
    return knex.transaction(async trx => {
      const row = await trx<RemovalRow>(TABLE)
        .where({ repository, digest })
        .forUpdate()
        .first();
      if (!row) return undefined;
      if (await protection.isProtected(repository, digest, trx)) {
        await trx(TABLE).where({ repository, digest }).delete();
        return undefined;
      }
      await trx(TABLE)
        .where({ repository, digest })
        .update({ started_at: row.started_at ?? new Date().toISOString() });
      return row;
    });
  }

  async #remove(row: RemovalRow): Promise<boolean> {
    const { audit, knex, protection, store } = this.#options;
    const { repository, digest } = row;
    try {
      const deleted = await store.deleteManifest(repository, digest, {
        mustStay: async other =>
          (await protection.isProtected(repository, other)) !== undefined,
      });
      await knex.transaction(async trx => {
        await trx(TABLE).where({ repository, digest }).delete();
        await audit.record(
          {
            actor: 'artifact-store',
            action: 'artifact.manifest.delete',
            resource: `${repository}@${digest}`,
            outcome: 'succeeded',
            details: { registry: store.url, deleted },
          },
          trx,
        );
      });
      return true;
    } catch (error) {
      await this.#postpone(row, (error as Error).message);
      return false;
    }
  }

  async #postpone(row: RemovalRow, reason: string): Promise<void> {
    const { audit, knex, logger, store } = this.#options;
    const { repository, digest } = row;
    const failures = row.failures + 1;
    const wait = Math.min(MINUTE_MS * 2 ** failures, LONGEST_WAIT_MS);
    logger.error(
      `The manifest ${digest} of ${repository} could not be deleted from the external registry; it is tried again in ${
        wait / MINUTE_MS
      } minutes: ${reason}`,
    );
    await knex.transaction(async trx => {
      await trx(TABLE)
        .where({ repository, digest })
        .update({
          failures,
          last_error: reason,
          due_at: new Date(Date.now() + wait).toISOString(),
        });
      // Once: the log tells of the others.
      if (failures > 1) return;
      await audit.record(
        {
          actor: 'artifact-store',
          action: 'artifact.manifest.delete',
          resource: `${repository}@${digest}`,
          outcome: 'failed',
          details: { registry: store.url, reason },
        },
        trx,
      );
    });
  }
}
