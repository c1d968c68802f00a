import { pipeline, Readable } from 'node:stream';
import { ConflictError } from '@backstage/errors';
import {
  type Descriptor,
  descriptorSchema,
  MEDIA_TYPES,
} from '@ml-platform/plugin-ml-common';
import type {
  ArtifactStore,
  ByteRange,
  NewReferrer,
  StoredBlob,
  StoredManifest,
} from '@ml-platform/plugin-ml-node';
import { z } from 'zod';
import { digestOf, isDigest, splitDigest } from '../digests';
import { DigestCheck } from '../files/DigestCheck';
import { readManifest } from '../http/readManifest';
import { isModelPack } from '../manifests/isModelPack';
import { attachToManifest } from './attachToManifest';
import { deleteFromRegistry } from './deleteFromRegistry';
import { ExternalRegistry } from './ExternalRegistry';
import { sliceBytes } from './sliceBytes';

export interface ExternalArtifactStoreOptions {
  /** Base URL of the registry, without `/v2`. */
  url: string;
  username?: string;
  password?: string;
  /** Put before the name of each repository, e.g. `ml-platform`. */
  repositoryPrefix?: string;
}

const MAX_REFERRER_PAGES = 20;
const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });

const ACCEPTED = [
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.ociIndex,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/**
 * Versions whose bytes lie in an OCI registry that somebody else runs. What it
 * sends is checked against the digests that were asked for.
 */
export class ExternalArtifactStore implements ArtifactStore {
  readonly #registry: ExternalRegistry;
  readonly url: string;
  readonly #prefix: string;

  constructor(options: ExternalArtifactStoreOptions) {
    this.#registry = new ExternalRegistry(options);
    this.url = options.url;
    const prefix = options.repositoryPrefix?.replace(/^\/+|\/+$/g, '');
    this.#prefix = prefix ? `${prefix}/` : '';
  }

  async getManifest(
    repository: string,
    reference: string,
  ): Promise<StoredManifest | undefined> {
    const response = await this.#registry.request({
      repository: this.#nameOf(repository),
      path: `manifests/${reference}`,
      headers: { accept: ACCEPTED },
    });
    if (!response) return undefined;
    const bytes = await readManifest(toReadable(response));
    const algorithm = isDigest(reference)
      ? splitDigest(reference).algorithm
      : undefined;
    const digest = digestOf(bytes, algorithm);
    if (algorithm && digest !== reference) {
      throw new Error(
        `the registry sent a manifest with the digest ${digest} for ${reference}`,
      );
    }
    const [mediaType] = (response.headers.get('content-type') ?? '').split(';');
    return { digest, mediaType: mediaType.trim(), bytes };
  }

  /** Bytes of a blob; undefined when the repository does not have it. */
  async getBlobSize(
    repository: string,
    digest: string,
  ): Promise<number | undefined> {
    const response = await this.#registry.request({
      repository: this.#nameOf(repository),
      path: `blobs/${digest}`,
      method: 'HEAD',
    });
    return response && Number(response.headers.get('content-length'));
  }

  async openBlob(
    repository: string,
    digest: string,
    range?: ByteRange,
  ): Promise<StoredBlob | undefined> {
    const response = await this.#registry.request({
      repository: this.#nameOf(repository),
      path: `blobs/${digest}`,
      headers: range ? { range: `bytes=${range.start}-${range.end}` } : {},
    });
    if (!response) return undefined;
    const stream = toReadable(response);
    if (response.status === 206) {
      const total = response.headers.get('content-range')?.split('/')[1];
      return { size: Number(total), stream };
    }
    const size = Number(response.headers.get('content-length'));
    // A registry may send the whole for a range.
    if (range) return { size, stream: sliceBytes(stream, range) };
    return {
      size,
      stream: pipeline(stream, new DigestCheck(digest), () => undefined),
    };
  }

  /** By the referrers API, or by the tag that clients keep where there is none. */
  async listReferrers(
    repository: string,
    digest: string,
  ): Promise<Descriptor[]> {
    const found: Descriptor[] = [];
    let path: string | undefined = `referrers/${digest}`;
    for (let page = 0; path && page < MAX_REFERRER_PAGES; page += 1) {
      const response: Response | undefined = await this.#registry.request({
        repository: this.#nameOf(repository),
        path,
        headers: { accept: MEDIA_TYPES.ociIndex },
      });
      if (!response) return this.#listByTag(repository, digest);
      found.push(...(await readIndex(response)));
      const query = /<[^>?]*\?([^>]*)>;\s*rel="?next"?/.exec(
        response.headers.get('link') ?? '',
      )?.[1];
      path = query && `referrers/${digest}?${query}`;
    }
    return found;
  }

  async attachReferrer(
    repository: string,
    { referrer }: { referrer: NewReferrer },
  ): Promise<void> {
    await attachToManifest(this.#registry, {
      repository: this.#nameOf(repository),
      referrer,
      hasBlob: async digest =>
        (await this.getBlobSize(repository, digest)) !== undefined,
      listByTag: subject => this.#listByTag(repository, subject),
    });
  }

  async #listByTag(repository: string, digest: string): Promise<Descriptor[]> {
    const response = await this.#registry.request({
      repository: this.#nameOf(repository),
      path: `manifests/${digest.replace(':', '-')}`,
      headers: { accept: MEDIA_TYPES.ociIndex },
    });
    return response ? readIndex(response) : [];
  }

  async tagManifest(
    repository: string,
    options: { tag: string; digest: string },
  ): Promise<void> {
    const { tag, digest } = options;
    const existing = await this.getManifest(repository, tag);
    if (existing?.digest === digest) return;
    if (existing && isModelPack(existing.bytes)) {
      throw new ConflictError(
        `the tag ${tag} of ${repository} names a model version, which cannot change: it is ${existing.digest}; push other content under a new version`,
      );
    }
    const manifest = await this.getManifest(repository, digest);
    if (!manifest) {
      throw new Error(`${repository} has no manifest ${digest}`);
    }
    const response = await this.#registry.request({
      repository: this.#nameOf(repository),
      path: `manifests/${tag}`,
      method: 'PUT',
      headers: { 'content-type': manifest.mediaType },
      body: manifest.bytes,
    });
    await response?.body?.cancel();
  }

  /**
   * Deletes a manifest with its tags and all that refers to it, for good. Cut
   * off at any point, it can be done again.
   * @returns digests of what was deleted
   */
  deleteManifest(
    repository: string,
    digest: string,
    options: { mustStay: (digest: string) => Promise<boolean> },
  ): Promise<string[]> {
    return deleteFromRegistry(this.#registry, {
      repository: this.#nameOf(repository),
      digest,
      read: reference => this.getManifest(repository, reference),
      mustStay: options.mustStay,
    });
  }

  #nameOf(repository: string): string {
    return `${this.#prefix}${repository}`;
  }
}

async function readIndex(response: Response): Promise<Descriptor[]> {
  const bytes = await readManifest(toReadable(response));
  const index = indexSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!index.success) {
    throw new Error('the registry sent a list of referrers that is none');
  }
  return index.data.manifests;
}

function toReadable(response: Response): Readable {
  return response.body
    ? Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
    : Readable.from([]);
}
