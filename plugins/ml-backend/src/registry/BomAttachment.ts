import { ServiceUnavailableError } from '@backstage/errors';
import { buildReferrer } from '@ml-platform/attestations';
import {
  CYCLONEDX_MEDIA_TYPE,
  toCycloneDx,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore, NewReferrer } from '@ml-platform/plugin-ml-node';
import type { RequestContext } from '../http/requestContext';

/**
 * Attaches to the manifest of a version its CycloneDX bill of materials, where
 * OCI tools and scanners look for one. The same version gives the same artifact,
 * so that it can be done again.
 */
export class BomAttachment {
  readonly #artifacts: ArtifactStore;

  constructor(options: { artifacts: ArtifactStore }) {
    this.#artifacts = options.artifacts;
  }

  /**
   * @param version - as it is stored: what is attached follows from it alone
   * @throws ServiceUnavailableError when it is not attached in the end
   */
  async attach(context: RequestContext, version: Version): Promise<void> {
    const { digest, repository } = version;
    try {
      const referrer = await this.#makeReferrer(version);
      const listed = await this.#artifacts.listReferrers(repository, digest);
      if (listed.some(each => each.digest === referrer.manifest.digest)) return;
      await this.#artifacts.attachReferrer(repository, {
        referrer,
        caller: { actor: context.actor, requestId: context.requestId },
      });
    } catch (error) {
      throw new ServiceUnavailableError(
        `${version.model}@${
          version.version
        } is registered, but its bill of materials could not be attached: ${
          (error as Error).message
        }. Register the same content again, which attaches it`,
        error,
      );
    }
  }

  async #makeReferrer(version: Version): Promise<NewReferrer> {
    const { digest, repository } = version;
    const subject = await this.#artifacts.getManifest(repository, digest);
    if (!subject) {
      throw new Error(`its manifest ${digest} is not in the registry any more`);
    }
    return buildReferrer({
      subject: {
        mediaType: subject.mediaType,
        digest,
        size: subject.bytes.length,
      },
      artifactType: CYCLONEDX_MEDIA_TYPE,
      content: Buffer.from(JSON.stringify(toCycloneDx(version))),
      annotations: { 'org.opencontainers.image.created': version.createdAt },
    });
  }
}
