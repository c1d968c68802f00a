import type { Knex } from 'knex';
import type {
  ManifestRecord,
  ReferrerDescriptor,
} from './ArtifactMetadataStore';
import { holdChildren } from './holdChildren';
import { putTag } from './putTag';

const ROWS_PER_INSERT = 100;

/** A manifest to be stored, with the digests that it names and its tags. */
export interface NewManifest extends ManifestRecord {
  blobs: string[];
  manifests: string[];
  tags: string[];
}

/** Stores a manifest, what it names, and its tags. */
export async function writeManifest(
  tx: Knex.Transaction,
  manifest: NewManifest,
): Promise<void> {
  const { repository, digest } = manifest;
  const blobs = [...new Set(manifest.blobs)];
  const manifests = [...new Set(manifest.manifests)];
  await holdChildren(tx, { repository, blobs, manifests });
  await tx('ml_artifact_manifests')
    .insert({
      repository,
      digest,
      media_type: manifest.mediaType,
      artifact_type: manifest.artifactType ?? null,
      size: manifest.content.length,
      content: manifest.content,
      subject_digest: manifest.subject ?? null,
      referrer: manifest.subject ? toReferrer(manifest) : null,
      created_at: new Date(),
    })
    .onConflict(['repository', 'digest'])
    // Changes nothing, but locks the row against a deletion under way.
    .merge(['size']);
  const references = [
    ...blobs.map(child => ({ kind: 'blob', child })),
    ...manifests.map(child => ({ kind: 'manifest', child })),
  ].map(({ kind, child }) => ({
    repository,
    parent_digest: digest,
    kind,
    child_digest: child,
  }));
  for (let start = 0; start < references.length; start += ROWS_PER_INSERT) {
    await tx('ml_artifact_references')
      .insert(references.slice(start, start + ROWS_PER_INSERT))
      .onConflict(['repository', 'parent_digest', 'kind', 'child_digest'])
      .ignore();
  }
  for (const tag of [...manifest.tags].sort()) {
    await putTag(tx, { repository, tag, digest });
  }
}

function toReferrer(manifest: ManifestRecord): string {
  const descriptor: ReferrerDescriptor = {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.content.length,
    artifactType: manifest.artifactType,
    annotations: manifest.annotations,
  };
  return JSON.stringify(descriptor);
}
