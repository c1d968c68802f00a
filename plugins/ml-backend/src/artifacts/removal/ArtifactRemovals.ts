import type {
  ArtifactAudit,
  ArtifactAuditEvent,
  ArtifactCaller,
} from '../ArtifactAudit';
import { isDigest } from '../digests';
import type { ArtifactRemovalStore } from '../metadata/ArtifactRemovalStore';
import { OciError } from '../OciError';
import type { ArtifactProtection } from './ArtifactProtection';

export interface RemovalRequest {
  repository: string;
  /** Tag or digest. */
  reference: string;
  caller: ArtifactCaller;
}

/**
 * Deletes what clients ask to be deleted. Bytes are freed later, by the
 * collection, when no repository needs them any more.
 */
export class ArtifactRemovals {
  readonly #store: ArtifactRemovalStore;
  readonly #protection: ArtifactProtection;
  readonly #audit: ArtifactAudit;

  constructor(options: {
    store: ArtifactRemovalStore;
    protection: ArtifactProtection;
    audit: ArtifactAudit;
  }) {
    this.#store = options.store;
    this.#protection = options.protection;
    this.#audit = options.audit;
  }

  /** Deletes a tag, or a manifest with all its tags. */
  async deleteManifest(request: RemovalRequest): Promise<void> {
    const { repository, reference, caller } = request;
    const protection = this.#protection;
    if (isDigest(reference)) {
      const event = {
        ...caller,
        action: 'artifact.manifest.delete',
        resource: `${repository}@${reference}`,
        outcome: 'succeeded',
      } as const;
      await this.#recordingRefusal(event, () =>
        this.#store.deleteManifest(repository, reference, {
          protection,
          event,
        }),
      );
    } else {
      const event = {
        ...caller,
        action: 'artifact.tag.delete',
        resource: `${repository}:${reference}`,
        outcome: 'succeeded',
      } as const;
      await this.#recordingRefusal(event, () =>
        this.#store.deleteTag(repository, reference, { protection, event }),
      );
    }
  }

  /** Takes a blob from a repository. */
  async deleteBlob(request: RemovalRequest): Promise<void> {
    const { repository, reference, caller } = request;
    const event = {
      ...caller,
      action: 'artifact.blob.delete',
      resource: `${repository}@${reference}`,
      outcome: 'succeeded',
    } as const;
    await this.#recordingRefusal(event, () =>
      this.#store.deleteBlob(repository, reference, { event }),
    );
  }

  async #recordingRefusal(
    event: ArtifactAuditEvent,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof OciError && error.code === 'DENIED') {
        await this.#audit.record({
          ...event,
          outcome: 'denied',
          details: { reason: error.message },
        });
      }
      throw error;
    }
  }
}
