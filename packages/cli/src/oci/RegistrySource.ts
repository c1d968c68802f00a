import { Readable } from 'node:stream';
import { type Descriptor, MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import {
  backoff,
  type Blob,
  digestOf,
  isTransient,
  referrersTag,
  type RegistryClient,
  registryError,
  requestWithRetry,
  toUnreachable,
} from '@ml-platform/packaging';
import { CliError } from '../errors/CliError';
import type { ContentSource, StoredManifest } from './ContentSource';
import { DOCKER_TYPES } from './dockerTypes';
import { digestMismatch } from './verified';

const MAX_FAILURES = 6;
const MAX_PAGES = 100;

/** A repository of an OCI registry. */
export class RegistrySource implements ContentSource {
  readonly #registry: RegistryClient;
  readonly #repository: string;

  constructor(registry: RegistryClient, repository: string) {
    this.#registry = registry;
    this.#repository = repository;
  }

  get place(): string {
    return `${new URL(this.#registry.base).host}/${this.#repository}`;
  }

  async getManifest(
    wanted: string | Descriptor = 'latest',
  ): Promise<StoredManifest> {
    const reference = typeof wanted === 'object' ? wanted.digest : wanted;
    const response = await requestWithRetry(this.#registry, {
      method: 'GET',
      url: `/v2/${this.#repository}/manifests/${reference}`,
      headers: {
        accept: [
          MEDIA_TYPES.ociManifest,
          MEDIA_TYPES.ociIndex,
          DOCKER_TYPES.manifest,
          DOCKER_TYPES.list,
        ].join(', '),
      },
    });
    if (response.status !== 200) {
      throw registryError(
        `Reading ${this.place}, manifest ${reference}, failed`,
        response,
      );
    }
    const bytes = Buffer.from(response.body);
    const digest = digestOf(bytes);
    if (reference.startsWith('sha256:') && reference !== digest) {
      throw digestMismatch(`the manifest ${reference} of ${this.place}`);
    }
    const mediaType = String(response.headers['content-type']).split(';')[0];
    return { bytes, digest, mediaType };
  }

  getBlob(name: string, { digest, size }: Descriptor): Blob {
    return {
      ...{ name, digest, size },
      at: { base: this.#registry.base, repository: this.#repository },
      read: (start = 0, end = size - 1) =>
        Readable.from(this.#read(digest, { start, end, size }), {
          objectMode: false,
        }),
    };
  }

  /** Artifacts whose subject is the manifest. */
  async listReferrers(digest: string): Promise<Descriptor[]> {
    const found: Descriptor[] = [];
    let url: string | undefined = `/v2/${this.#repository}/referrers/${digest}`;
    for (let page = 0; url && page < MAX_PAGES; page += 1) {
      const response = await requestWithRetry(this.#registry, {
        method: 'GET',
        url,
        headers: { accept: MEDIA_TYPES.ociIndex },
      });
      if (response.status === 404) return this.#listByTag(digest);
      if (response.status !== 200) {
        throw registryError(
          `Listing what belongs to ${digest} failed`,
          response,
        );
      }
      found.push(...(JSON.parse(response.body).manifests ?? []));
      const next = /<([^>]+)>;\s*rel="?next"?/.exec(
        String(response.headers.link ?? ''),
      )?.[1];
      url = next && new URL(next, new URL(url, this.#registry.base)).toString();
    }
    return found;
  }

  close(): void {
    this.#registry.close();
  }

  async #listByTag(digest: string): Promise<Descriptor[]> {
    const response = await requestWithRetry(this.#registry, {
      method: 'GET',
      url: `/v2/${this.#repository}/manifests/${referrersTag(digest)}`,
      headers: { accept: MEDIA_TYPES.ociIndex },
    });
    if (response.status === 404) return [];
    if (response.status === 200) {
      return JSON.parse(response.body).manifests ?? [];
    }
    throw registryError(`Listing what belongs to ${digest} failed`, response);
  }

  /** Goes on where a broken connection left off. */
  async *#read(
    digest: string,
    { start, end, size }: { start: number; end: number; size: number },
  ): AsyncGenerator<Buffer> {
    let at = start;
    let failures = 0;
    while (at <= end) {
      try {
        const isPart = at > 0 || end < size - 1;
        const answer = await this.#registry.open({
          method: 'GET',
          url: `/v2/${this.#repository}/blobs/${digest}`,
          headers: isPart ? { range: `bytes=${at}-${end}` } : {},
        });
        const { status } = answer;
        if (status !== 200 && status !== 206) {
          answer.body.resume();
          if (isTransient(status)) throw new Error(`it answered ${status}`);
          throw registryError(`Reading ${digest} from ${this.place} failed`, {
            ...answer,
            body: '',
          });
        }
        // Who knows no ranges sends everything.
        let skip = status === 200 ? at : 0;
        for await (const chunk of answer.body as AsyncIterable<Buffer>) {
          const part = chunk.subarray(skip, skip + end + 1 - at);
          skip = Math.max(0, skip - chunk.length);
          if (!part.length) continue;
          at += part.length;
          failures = 0;
          yield part;
          if (at > end) break;
        }
        if (at <= end) throw new Error('the connection broke');
      } catch (error) {
        if (error instanceof CliError) throw error;
        failures += 1;
        if (failures >= MAX_FAILURES) {
          throw toUnreachable('the registry', this.#registry.base, error);
        }
        await backoff(failures - 1);
      }
    }
  }
}
