import { RegistryAuth, type RegistryAuthOptions } from './RegistryAuth';

/** A registry that stays silent for this long is taken for gone. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface ExternalRegistryRequest {
  repository: string;
  /** Below the repository, e.g. `manifests/1.0.0`, or where the registry said that an upload goes on. */
  path: string;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  body?: Buffer;
}

/** What a token has to allow, by method. */
const ACTIONS = {
  GET: 'pull',
  HEAD: 'pull',
  POST: 'pull,push',
  PUT: 'pull,push',
  DELETE: 'pull,delete',
};

/** Sends requests to an OCI registry that somebody else runs. */
export class ExternalRegistry {
  readonly #url: string;
  readonly #auth: RegistryAuth;

  constructor(options: RegistryAuthOptions) {
    this.#url = options.url.replace(/\/+$/, '');
    this.#auth = new RegistryAuth(options);
  }

  /**
   * @returns the answer, undefined for 404
   * @throws Error when the registry refuses, fails or cannot be reached
   */
  async request(
    request: ExternalRegistryRequest,
  ): Promise<Response | undefined> {
    const action = ACTIONS[request.method ?? 'GET'];
    const scope = `repository:${request.repository}:${action}`;
    let response = await this.#send(request, this.#auth.headerFor(scope));
    if (response.status === 401) {
      await response.body?.cancel();
      const answer = await this.#auth.answer(
        response.headers.get('www-authenticate'),
        scope,
      );
      if (answer) response = await this.#send(request, answer);
    }
    if (response.ok) return response;
    const said = (await response.text()).slice(0, 500);
    if (response.status === 404) return undefined;
    throw new Error(
      `the registry at ${this.#url} answered ${response.status} to ${
        request.method ?? 'GET'
      } ${request.repository}/${request.path}: ${said}${
        response.status === 401 || response.status === 403
          ? '; check ml.artifacts.external.username and password'
          : ''
      }${
        response.status === 405 && request.method === 'DELETE'
          ? '; deletion is switched off there: switch it on, or switch ml.artifacts.external.deleteVersions off'
          : ''
      }`,
    );
  }

  async #send(
    { repository, path, method, headers, body }: ExternalRegistryRequest,
    authorization: string | undefined,
  ): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(
      () => abort.abort(new Error('it does not answer')),
      ANSWER_TIMEOUT_MS,
    );
    const base = `${this.#url}/v2/${repository}/`;
    const url = new URL(path, base);
    // An upload may go on at another host, which is not told the password.
    const isOwn = url.origin === new URL(base).origin;
    try {
      // Redirects to another host, a blob store, go without the authorization.
      return await fetch(url, {
        method,
        headers: {
          ...headers,
          ...(isOwn && authorization && { authorization }),
        },
        body: body && new Uint8Array(body),
        signal: abort.signal,
      });
    } catch (error) {
      const { message, cause } = error as Error;
      throw new Error(
        `the registry at ${this.#url} cannot be reached: ${
          (cause as Error | undefined)?.message ?? message
        }`,
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
    }
  }
}
