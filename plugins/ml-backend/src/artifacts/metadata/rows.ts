import type { ManifestRecord, UploadRecord } from './ArtifactMetadataStore';

export interface UploadRow {
  id: string;
  repository: string;
  verified_digest: string | null;
  created_at: Date | number;
}

export interface ManifestRow {
  repository: string;
  digest: string;
  media_type: string;
  artifact_type: string | null;
  content: Buffer;
  subject_digest: string | null;
}

export function toUploadRecord(row: UploadRow): UploadRecord {
  return {
    id: row.id,
    repository: row.repository,
    verifiedDigest: row.verified_digest ?? undefined,
  };
}

export function toManifestRecord(row: ManifestRow): ManifestRecord {
  return {
    repository: row.repository,
    digest: row.digest,
    mediaType: row.media_type,
    artifactType: row.artifact_type ?? undefined,
    content: row.content,
    subject: row.subject_digest ?? undefined,
  };
}
