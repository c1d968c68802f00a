import type { ArtifactCaller } from '../ArtifactAudit';
import type { ArtifactLimits } from '../ArtifactLimits';
import { digestOf, isDigest, splitDigest } from '../digests';
import type { BlobStorage } from '../files/BlobStorage';
import type { ArtifactMetadataStore } from '../metadata/ArtifactMetadataStore';
import { OciError } from '../OciError';
import { tooLarge } from '../tooLarge';
import { checkDescriptors } from './checkDescriptors';
import { parseManifest } from './parseManifest';

export interface PutManifestOptions {
  repository: string;
  /** Tag or digest. */
  reference: string;
  /** Further tags. */
  tags?: string[];
  contentType?: string;
  content: Buffer;
  caller: ArtifactCaller;
}

/** Checks manifests against what is in the repository, and stores them. */
export class ManifestWriter {
  readonly #metadata: ArtifactMetadataStore;
  readonly #blobs: BlobStorage;
  readonly #limits: ArtifactLimits;

  constructor(options: {
    metadata: ArtifactMetadataStore;
    blobs: BlobStorage;
    limits: ArtifactLimits;
  }) {
    this.#metadata = options.metadata;
    this.#blobs = options.blobs;
    this.#limits = options.limits;
  }

  async put(
    options: PutManifestOptions,
  ): Promise<{ digest: string; subject?: string }> {
    const { repository, reference, content, caller } = options;
    const digest = checkedDigest(reference, content);
    const manifest = parseManifest(content, options.contentType);
    const manifests = manifest.manifests.map(child => child.digest);
    const blobs = manifest.blobs.map(child => child.digest);
    checkDescriptors(
      'manifest',
      manifest.manifests,
      await this.#metadata.getManifestSizes(repository, manifests),
    );
    checkDescriptors(
      'blob',
      manifest.blobs,
      await this.#presentBlobs(repository, blobs),
    );
    const total = manifest.blobs.reduce((sum, { size }) => sum + size, 0);
    const limit = await this.#limits.limitFor(repository);
    if (total > limit) throw tooLarge(limit, repository);
    const tags = new Set(options.tags);
    if (!isDigest(reference)) tags.add(reference);
    const [tag] = tags;
    await this.#metadata.putManifest(
      {
        ...manifest,
        repository,
        digest,
        content,
        blobs,
        manifests,
        tags: [...tags],
      },
      {
        ...caller,
        action: 'artifact.manifest.put',
        resource: tag ? `${repository}:${tag}` : `${repository}@${digest}`,
        outcome: 'succeeded',
        details: {
          digest,
          artifactType: manifest.artifactType,
          size: total,
          ...(tags.size > 1 && { tags: [...tags] }),
        },
      },
    );
    return { digest, subject: manifest.subject };
  }

  /** Sizes of those blobs that are recorded and on disk. */
  async #presentBlobs(
    repository: string,
    digests: string[],
  ): Promise<Map<string, number>> {
    const recorded = await this.#metadata.getBlobSizes(repository, digests);
    for (const [digest, size] of recorded) {
      if ((await this.#blobs.size(digest)) !== size) recorded.delete(digest);
    }
    return recorded;
  }
}

function checkedDigest(reference: string, content: Buffer): string {
  if (!isDigest(reference)) return digestOf(content);
  const digest = digestOf(content, splitDigest(reference).algorithm);
  if (reference === digest) return digest;
  throw new OciError({
    status: 400,
    code: 'DIGEST_INVALID',
    message: `the manifest that came has the digest ${digest}, not ${reference}`,
  });
}
