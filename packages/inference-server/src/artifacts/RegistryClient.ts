import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { Readable } from 'node:stream';
import { fetchTrusting } from '../http/fetchTrusting';
import { PullRefusedError } from './errors';

/** @public */
export interface RegistryClientOptions {
  /** Base URL of the OCI registry, without `/v2`. */
  url: string;
  token?: string;
  /** Certificate of its authority (PEM), when it is none of the usual ones. */
  ca?: string;
}

/** Reads from an OCI registry (distribution API), by digest only. */
export class RegistryClient {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #fetchAny: typeof fetch;

  constructor(options: RegistryClientOptions) {
    this.#url = options.url.replace(/\/+$/, '');
    this.#token = options.token;
    this.#fetchAny = fetchTrusting(options.ca);
  }

  async getManifest(
    repository: string,
    digest: string,
    signal: AbortSignal,
  ): Promise<Readable> {
    return this.#get(`/v2/${repository}/manifests/${digest}`, signal, {
      accept: `${MEDIA_TYPES.ociManifest}, ${MEDIA_TYPES.ociIndex}`,
    });
  }

  async getBlob(
    repository: string,
    digest: string,
    signal: AbortSignal,
  ): Promise<Readable> {
    return this.#get(`/v2/${repository}/blobs/${digest}`, signal, {});
  }

  async #get(
    path: string,
    signal: AbortSignal,
    headers: Record<string, string>,
  ): Promise<Readable> {
    const response = await this.#fetch(`${this.#url}${path}`, signal, headers);
    if (response.ok && response.body) {
      return Readable.fromWeb(
        response.body as Parameters<typeof Readable.fromWeb>[0],
      );
    }
    await response.body?.cancel();
    throw this.#errorOf(response.status, path);
  }

  async #fetch(
    url: string,
    signal: AbortSignal,
    headers: Record<string, string>,
  ): Promise<Response> {
    const authorization = this.#token && `Bearer ${this.#token}`;
    try {
      return await this.#fetchAny(url, {
        signal,
        headers: authorization ? { ...headers, authorization } : headers,
      });
    } catch (error) {
      signal.throwIfAborted();
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      const why = cause?.code ?? cause?.message ?? (error as Error).message;
      throw new Error(
        `the registry at ${this.#url} cannot be reached (${why})`,
      );
    }
  }

  #errorOf(status: number, path: string): Error {
    const at = `the registry at ${this.#url}`;
    if (status === 404) {
      return new PullRefusedError(`${at} has no ${path}; push it first`);
    }
    if (status === 401 || status === 403) {
      return new PullRefusedError(
        `${at} refuses access to ${path} (status ${status}); check ML_REGISTRY_TOKEN`,
      );
    }
    return new Error(`${at} answered ${path} with status ${status}`);
  }
}
