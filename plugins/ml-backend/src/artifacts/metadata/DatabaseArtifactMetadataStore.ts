import type { Knex } from 'knex';
import type { ArtifactAudit, ArtifactAuditEvent } from '../ArtifactAudit';
import { isDigest } from '../digests';
import type {
  ArtifactMetadataStore,
  ManifestRecord,
  ReferrerDescriptor,
  UploadRecord,
} from './ArtifactMetadataStore';
import { batches } from './holdChildren';
import { putTag } from './putTag';
import type { ManifestRow, UploadRow } from './rows';
import { toManifestRecord, toUploadRecord } from './rows';
import { type NewManifest, writeManifest } from './writeManifest';

export class DatabaseArtifactMetadataStore implements ArtifactMetadataStore {
  readonly #knex: Knex;
  readonly #audit: ArtifactAudit;

  constructor(options: { knex: Knex; audit: ArtifactAudit }) {
    this.#knex = options.knex;
    this.#audit = options.audit;
  }

  async createUpload(upload: {
    id: string;
    repository: string;
  }): Promise<void> {
    await this.#knex('ml_artifact_uploads').insert({
      ...upload,
      created_at: new Date(),
    });
  }

  async getUpload(id: string): Promise<UploadRecord | undefined> {
    const row = await this.#knex<UploadRow>('ml_artifact_uploads')
      .where({ id })
      .first();
    return row && toUploadRecord(row);
  }

  async setVerifiedDigest(id: string, digest: string): Promise<void> {
    await this.#knex('ml_artifact_uploads')
      .where({ id })
      .update({ verified_digest: digest });
  }

  async deleteUpload(id: string): Promise<void> {
    await this.#knex('ml_artifact_uploads').where({ id }).delete();
  }

  async listUploads(query: { startedBefore: Date }): Promise<UploadRecord[]> {
    const rows = await this.#knex<UploadRow>('ml_artifact_uploads').where(
      'created_at',
      '<',
      query.startedBefore,
    );
    return rows.map(toUploadRecord);
  }

  async putBlob(
    blob: {
      repository: string;
      digest: string;
      size: number;
      uploadId?: string;
    },
    event: ArtifactAuditEvent,
  ): Promise<void> {
    const { repository, digest, size, uploadId } = blob;
    const created_at = new Date();
    await this.#knex.transaction(async tx => {
      await tx('ml_artifact_blobs')
        .insert({ digest, size, created_at })
        .onConflict('digest')
        // Changes nothing, but locks the row against a collection under way.
        .merge(['size']);
      await tx('ml_artifact_repository_blobs')
        .insert({ repository, digest, created_at, touched_at: created_at })
        .onConflict(['repository', 'digest'])
        .merge(['touched_at']);
      if (uploadId) {
        await tx('ml_artifact_uploads').where({ id: uploadId }).delete();
      }
      await this.#audit.record(event, tx);
    });
  }

  async touchBlob(
    repository: string,
    digest: string,
    options: { everyMs: number },
  ): Promise<boolean> {
    const link = { repository, digest };
    const now = Date.now();
    const row = await this.#knex('ml_artifact_repository_blobs')
      .where(link)
      .first('touched_at');
    const touchedAt = row?.touched_at && new Date(row.touched_at).getTime();
    if (touchedAt && touchedAt > now - options.everyMs) return true;
    const touched = await this.#knex('ml_artifact_repository_blobs')
      .where(link)
      .update({ touched_at: new Date(now) });
    return touched > 0;
  }

  async findRepositoryOf(digest: string): Promise<string | undefined> {
    const row = await this.#knex('ml_artifact_repository_blobs')
      .where({ digest })
      .first('repository');
    return row?.repository;
  }

  getBlobSizes(
    repository: string,
    digests: string[],
  ): Promise<Map<string, number>> {
    return inBatches(digests, batch =>
      this.#knex('ml_artifact_blobs as blobs')
        .join(
          'ml_artifact_repository_blobs as links',
          'links.digest',
          'blobs.digest',
        )
        .where('links.repository', repository)
        .whereIn('blobs.digest', batch)
        .select('blobs.digest', 'blobs.size'),
    );
  }

  async putManifest(
    manifest: NewManifest,
    event: ArtifactAuditEvent,
  ): Promise<void> {
    await this.#knex.transaction(async tx => {
      await writeManifest(tx, manifest);
      await this.#audit.record(event, tx);
    });
  }

  async tagManifest(options: {
    repository: string;
    tag: string;
    digest: string;
  }): Promise<void> {
    await this.#knex.transaction(tx => putTag(tx, options));
  }

  async getManifest(
    repository: string,
    reference: string,
  ): Promise<ManifestRecord | undefined> {
    const manifests = this.#knex<ManifestRow>('ml_artifact_manifests').where({
      repository,
    });
    if (isDigest(reference)) {
      manifests.where({ digest: reference });
    } else {
      manifests.where(
        'digest',
        this.#knex('ml_artifact_tags')
          .where({ repository, tag: reference })
          .select('digest'),
      );
    }
    const row = await manifests.first();
    return row && toManifestRecord(row);
  }

  getManifestSizes(
    repository: string,
    digests: string[],
  ): Promise<Map<string, number>> {
    return inBatches(digests, batch =>
      this.#knex('ml_artifact_manifests')
        .where({ repository })
        .whereIn('digest', batch)
        .select('digest', 'size'),
    );
  }

  async hasRepository(repository: string): Promise<boolean> {
    for (const table of [
      'ml_artifact_repository_blobs',
      'ml_artifact_manifests',
    ]) {
      if (await this.#knex(table).where({ repository }).first('digest')) {
        return true;
      }
    }
    return false;
  }

  listTags(
    repository: string,
    query: { after?: string; limit: number },
  ): Promise<string[]> {
    // SQLite compares bytes; PostgreSQL would follow the database's language.
    const tag = this.#knex.client.config.client.includes('sqlite')
      ? this.#knex.raw('tag')
      : this.#knex.raw('tag collate "C"');
    return this.#knex('ml_artifact_tags')
      .where({ repository })
      .where(tag, '>', query.after ?? '')
      .orderBy(tag)
      .limit(query.limit)
      .pluck('tag');
  }

  async listReferrers(
    repository: string,
    subject: string,
    query: { artifactType?: string; after?: string; limit: number },
  ): Promise<ReferrerDescriptor[]> {
    const rows = await this.#knex('ml_artifact_manifests')
      .where({ repository, subject_digest: subject })
      .where('digest', '>', query.after ?? '')
      .modify(builder => {
        if (query.artifactType) {
          builder.where('artifact_type', query.artifactType);
        }
      })
      .orderBy('digest')
      .limit(query.limit)
      .pluck('referrer');
    return rows.map(referrer => JSON.parse(referrer));
  }
}

async function inBatches(
  digests: string[],
  query: (
    batch: string[],
  ) => PromiseLike<{ digest: string; size: number | string }[]>,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const batch of batches(digests)) {
    const rows = await query(batch);
    for (const row of rows) sizes.set(row.digest, Number(row.size));
  }
  return sizes;
}
