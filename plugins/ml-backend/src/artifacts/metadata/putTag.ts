import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { OciError } from '../OciError';

/**
 * Points a tag to a manifest. The tag of a ModelPack is a version, which never
 * changes; other tags (signatures, images of other tools) may move.
 */
export async function putTag(
  tx: Knex.Transaction,
  options: { repository: string; tag: string; digest: string },
): Promise<void> {
  const { repository, tag, digest } = options;
  const now = new Date();
  await tx('ml_artifact_tags')
    .insert({ repository, tag, digest, created_at: now, updated_at: now })
    .onConflict(['repository', 'tag'])
    .ignore();
  // After the insert above, the row is ours or one that is already committed.
  const current = await tx('ml_artifact_tags as tags')
    .join('ml_artifact_manifests as manifests', join =>
      join
        .on('manifests.repository', 'tags.repository')
        .on('manifests.digest', 'tags.digest'),
    )
    .where({ 'tags.repository': repository, tag })
    .first<{ digest: string; artifact_type: string | null }>(
      'tags.digest',
      'manifests.artifact_type',
    );
  if (current.digest === digest) return;
  if (
    current.artifact_type === MEDIA_TYPES.modelManifest ||
    current.artifact_type === MEDIA_TYPES.modelConfig
  ) {
    throw new OciError({
      status: 409,
      code: 'DENIED',
      message: `the tag ${tag} of ${repository} names a model version, which cannot change: it is ${current.digest}; push other content under a new version`,
      detail: { repository, tag, existing: current.digest, pushed: digest },
    });
  }
  const moved = await tx('ml_artifact_tags')
    .where({ repository, tag, digest: current.digest })
    .update({ digest, updated_at: now });
  if (!moved) {
    throw new OciError({
      status: 409,
      code: 'DENIED',
      message: `the tag ${tag} of ${repository} is being changed by somebody else; try again`,
    });
  }
}
