import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { ArtifactAudit, ArtifactAuditEvent } from '../ArtifactAudit';
import type { ArtifactProtection } from '../removal/ArtifactProtection';
import { inUse, isPartOf, notFound, protectedBy } from '../removal/refusals';
import type { ArtifactRemovalStore, UnusedBlob } from './ArtifactRemovalStore';
import { batches } from './holdChildren';

export class DatabaseArtifactRemovalStore implements ArtifactRemovalStore {
  readonly #knex: Knex;
  readonly #audit: ArtifactAudit;

  constructor(options: { knex: Knex; audit: ArtifactAudit }) {
    this.#knex = options.knex;
    this.#audit = options.audit;
  }

  async deleteTag(
    repository: string,
    tag: string,
    options: { protection: ArtifactProtection; event: ArtifactAuditEvent },
  ): Promise<void> {
    await this.#knex.transaction(async tx => {
      const row = await tx('ml_artifact_tags')
        .where({ repository, tag })
        .forUpdate()
        .first('digest');
      if (!row) throw notFound(repository, tag);
      await this.#checkProtection(tx, { ...options, repository, ...row });
      await tx('ml_artifact_tags').where({ repository, tag }).delete();
      await this.#audit.record(options.event, tx);
    });
  }

  async deleteManifest(
    repository: string,
    digest: string,
    options: { protection: ArtifactProtection; event: ArtifactAuditEvent },
  ): Promise<void> {
    await this.#knex.transaction(async tx => {
      const row = await tx('ml_artifact_manifests')
        .where({ repository, digest })
        .forUpdate()
        .first('digest');
      if (!row) throw notFound(repository, digest);
      await this.#checkProtection(tx, { ...options, repository, digest });
      const parent = await this.#parentOf(tx, repository, digest, 'manifest');
      if (parent) throw isPartOf(repository, digest, parent);
      await this.#deleteManifest(tx, repository, digest);
      await this.#audit.record(options.event, tx);
    });
  }

  async deleteBlob(
    repository: string,
    digest: string,
    options: { event: ArtifactAuditEvent },
  ): Promise<void> {
    const link = { repository, digest };
    await this.#knex.transaction(async tx => {
      const row = await tx('ml_artifact_repository_blobs')
        .where(link)
        .forUpdate()
        .first('digest');
      if (!row) throw notFound(repository, digest, 'blob');
      const parent = await this.#parentOf(tx, repository, digest, 'blob');
      if (parent) throw inUse(repository, digest, parent);
      await tx('ml_artifact_repository_blobs').where(link).delete();
      await this.#audit.record(options.event, tx);
    });
  }

  async holdManifest(
    repository: string,
    digest: string,
    tx: Knex.Transaction,
  ): Promise<void> {
    const row = await tx('ml_artifact_manifests')
      .where({ repository, digest })
      .forShare()
      .first('digest');
    if (!row) {
      throw new ConflictError(
        `${repository}@${digest} was deleted meanwhile; push it again`,
      );
    }
  }

  async releaseManifest(
    repository: string,
    digest: string,
    tx: Knex.Transaction,
  ): Promise<string[]> {
    const row = await tx('ml_artifact_manifests')
      .where({ repository, digest })
      .forUpdate()
      .first('digest');
    if (!row) return [];
    const referrers: string[] = await tx('ml_artifact_manifests')
      .where({ repository, subject_digest: digest })
      .orderBy('digest')
      .pluck('digest');
    await this.#deleteManifest(tx, repository, digest);
    const released = [digest];
    for (const referrer of referrers) {
      released.push(...(await this.releaseManifest(repository, referrer, tx)));
    }
    return released;
  }

  async listUnusedBlobs(query: {
    touchedBefore: Date;
    after?: string;
    limit: number;
  }): Promise<UnusedBlob[]> {
    const rows = await this.#knex('ml_artifact_blobs as blobs')
      .where('blobs.digest', '>', query.after ?? '')
      .whereNotExists(
        this.#knex('ml_artifact_references as named')
          .where('named.child_digest', this.#knex.ref('blobs.digest'))
          .where('named.kind', 'blob')
          .select('named.child_digest'),
      )
      // Their file may lie among the blobs already.
      .whereNotExists(
        this.#knex('ml_artifact_uploads as uploads')
          .where('uploads.verified_digest', this.#knex.ref('blobs.digest'))
          .select('uploads.id'),
      )
      .whereNotExists(
        this.#knex('ml_artifact_repository_blobs as links')
          .where('links.digest', this.#knex.ref('blobs.digest'))
          .where('links.touched_at', '>=', query.touchedBefore)
          .select('links.digest'),
      )
      .orderBy('blobs.digest')
      .limit(query.limit)
      .select('blobs.digest', 'blobs.size');
    return rows.map(({ digest, size }) => ({ digest, size: Number(size) }));
  }

  forgetBlob(
    digest: string,
    options: { touchedBefore: Date },
  ): Promise<boolean> {
    return this.#knex.transaction(async tx => {
      // Whoever links the blob from here on waits for us, and records it anew.
      const blob = await tx('ml_artifact_blobs')
        .where({ digest })
        .forUpdate()
        .first('digest');
      if (!blob) return false;
      // Waits for pushes that hold a link, so that what they name shows below.
      const links = await tx('ml_artifact_repository_blobs')
        .where({ digest })
        .orderBy('repository')
        .forUpdate()
        .select('touched_at');
      const isYoung = links.some(
        ({ touched_at }) => new Date(touched_at) >= options.touchedBefore,
      );
      if (isYoung || (await this.#isNeeded(tx, digest))) return false;
      await tx('ml_artifact_repository_blobs').where({ digest }).delete();
      await tx('ml_artifact_blobs').where({ digest }).delete();
      return true;
    });
  }

  async filterKnown(digests: string[]): Promise<Set<string>> {
    const known = new Set<string>();
    for (const batch of batches(digests)) {
      const found: string[] = [
        ...(await this.#knex('ml_artifact_blobs')
          .whereIn('digest', batch)
          .pluck('digest')),
        ...(await this.#knex('ml_artifact_uploads')
          .whereIn('verified_digest', batch)
          .pluck('verified_digest')),
      ];
      found.forEach(digest => known.add(digest));
    }
    return known;
  }

  async #checkProtection(
    tx: Knex.Transaction,
    options: {
      repository: string;
      digest: string;
      protection: ArtifactProtection;
    },
  ): Promise<void> {
    const { repository, digest, protection } = options;
    const reason = await protection.isProtected(repository, digest, tx);
    if (reason) throw protectedBy(repository, digest, reason);
  }

  /** A manifest of the repository that names the digest. */
  async #parentOf(
    tx: Knex.Transaction,
    repository: string,
    digest: string,
    kind: 'blob' | 'manifest',
  ): Promise<string | undefined> {
    const row = await tx('ml_artifact_references')
      .where({ repository, child_digest: digest, kind })
      .first('parent_digest');
    return row?.parent_digest;
  }

  async #deleteManifest(
    tx: Knex.Transaction,
    repository: string,
    digest: string,
  ): Promise<void> {
    await tx('ml_artifact_tags').where({ repository, digest }).delete();
    await tx('ml_artifact_references')
      .where({ repository, parent_digest: digest })
      .delete();
    await tx('ml_artifact_manifests').where({ repository, digest }).delete();
  }

  async #isNeeded(tx: Knex.Transaction, digest: string): Promise<boolean> {
    const parent = await tx('ml_artifact_references')
      .where({ child_digest: digest, kind: 'blob' })
      .first('parent_digest');
    const upload = await tx('ml_artifact_uploads')
      .where({ verified_digest: digest })
      .first('id');
    return Boolean(parent ?? upload);
  }
}
