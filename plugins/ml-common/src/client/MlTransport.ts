import { ResponseError } from '@backstage/errors';

/** @public */
export interface MlClientOptions {
  /** Gives the plugin's base URL, e.g. `http://localhost:7007/api/ml`. */
  baseUrl: () => Promise<string>;
  /** Adds the caller's identity; Backstage's `fetchApi.fetch` does. */
  fetch: typeof fetch;
}

interface RequestOptions {
  body?: unknown;
  /** JSON that is written already, instead of the body. */
  text?: string;
  /** Anything else than JSON, as it is. */
  content?: Blob;
  idempotencyKey?: string;
  /** Instead of the time limit that the caller's `fetch` has. */
  signal?: AbortSignal;
  /** Version of what is changed, as it was looked at. */
  ifMatch?: number;
}

/**
 * Sends requests to `/api/ml/v1`; what `MlClient` and its parts share.
 * @internal
 */
export class MlTransport {
  readonly #options: MlClientOptions;

  constructor(options: MlClientOptions) {
    this.#options = options;
  }

  async request<T>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<T> {
    const response = await this.fetch(method, path, options);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** The answer as it comes. */
  async fetch(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Response> {
    const headers: Record<string, string> = {};
    const text =
      options.text ??
      (options.body === undefined ? undefined : JSON.stringify(options.body));
    if (options.content) {
      headers['content-type'] = 'application/octet-stream';
    } else if (text !== undefined) {
      headers['content-type'] = 'application/json';
    }
    if (options.idempotencyKey) {
      headers['idempotency-key'] = options.idempotencyKey;
    }
    if (options.ifMatch !== undefined) {
      headers['if-match'] = `"${options.ifMatch}"`;
    }
    const response = await this.#options.fetch(await this.urlOf(path), {
      method,
      headers,
      body: options.content ?? text,
      signal: options.signal,
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return response;
  }

  async urlOf(path: string): Promise<string> {
    return `${await this.#options.baseUrl()}/v1${path}`;
  }
}

/** @internal */
export function toQuery(
  parameters: Record<string, string | number | undefined>,
) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}
