import { NotFoundError } from '@backstage/errors';
import { bundleReferrer, PREDICATE_TYPES } from '@ml-platform/attestations';
import type { Version } from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';

/** Attaches test results to versions, as any OCI client finds them. */
export class ResultAttachment {
  readonly #artifacts: ArtifactStore;

  constructor(options: { artifacts: ArtifactStore }) {
    this.#artifacts = options.artifacts;
  }

  /** @returns the digest of the manifest that attaches the bundle */
  async attach(
    version: Version,
    bundle: Buffer,
    caller: { actor: string; requestId?: string },
  ): Promise<string> {
    const { digest, repository } = version;
    const subject = await this.#artifacts.getManifest(repository, digest);
    if (!subject) {
      throw new NotFoundError(
        `The manifest ${digest} of ${version.model}@${version.version} is not in the registry any more`,
      );
    }
    const referrer = bundleReferrer({
      subject: {
        mediaType: subject.mediaType,
        digest,
        size: subject.bytes.length,
      },
      bundle,
      predicateType: PREDICATE_TYPES.testResult,
      createdAt: new Date(),
    });
    await this.#artifacts.attachReferrer(repository, { referrer, caller });
    return referrer.manifest.digest;
  }
}
