export * from './ArtifactAudit';
export * from './ArtifactLimits';
export * from './EmbeddedArtifactStore';
export * from './external/ExternalArtifactStore';
export * from './http/createArtifactsRouter';
export { CorruptedBlobError } from './files/DigestCheck';
export { OciError } from './OciError';
export type { ArtifactProtection } from './removal/ArtifactProtection';
export type { GarbageReport } from './removal/BlobCollector';
