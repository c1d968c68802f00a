import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { ToolError } from '../errors/ToolError';
import { statusOptions } from '../errors/statusOptions';
import { type Credentials, RegistryAuth } from './RegistryAuth';
import { scopesOf } from './scopesOf';

/** A connection that stands still for this long is taken for dead. */
const IDLE_TIMEOUT = 60_000;
const MAX_RESPONSE = 4 * 1024 * 1024;
const MAX_REDIRECTS = 5;

export interface RegistryRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  /** Absolute, or a path on the registry. */
  url: string;
  headers?: Record<string, string | number>;
  /** Makes the body; called again where the registry first asks who it is. */
  body?: () => Buffer | Readable;
  /** Bytes of the body. */
  length?: number;
}

/** What is said in `RegistryClient`'s options. */
export interface RegistryClientOptions {
  /** Base URL, without `/v2`. */
  base: string;
  /** Header of each request, for a registry that takes no other. */
  authorization?: string;
  /** What its challenges are answered with, `Basic` and `Bearer`. */
  credentials?: Credentials;
  /** Names all that is asked here, in the registry's logs and audit. */
  requestId?: string;
}

/** An answer whose body is still to come. */
export interface RegistryStream {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: http.IncomingMessage;
}

export interface RegistryResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/**
 * Talks to an OCI registry. Made on `node:http` rather than `fetch`, which
 * cannot stream a file with a known length. Asked who it is, it answers with the
 * credentials or with a token got for them. The authorization goes to the registry
 * only, not to another host that it may name in a `Location`.
 */
export class RegistryClient {
  readonly base: string;
  readonly #auth: RegistryAuth;
  readonly #requestId: string;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  constructor(options: RegistryClientOptions) {
    this.base = options.base;
    this.#auth = new RegistryAuth(options);
    this.#requestId = options.requestId ?? randomUUID();
  }

  /** Absolute form of a `Location`. */
  resolve(location: string): string {
    return new URL(location, this.base).toString();
  }

  /** Ends idle connections, so that the process can end. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** Sends a request and reads its answer, which must be short. */
  async request(options: RegistryRequest): Promise<RegistryResponse> {
    const { status, headers, body } = await this.open(options);
    return { status, headers, body: await readText(body) };
  }

  /** Sends a request and leaves the body of the answer to the caller, to read or to destroy. */
  async open(options: RegistryRequest): Promise<RegistryStream> {
    const url = new URL(options.url, this.base);
    if (url.origin !== new URL(this.base).origin) {
      return this.#follow(url, options);
    }
    const scopes = scopesOf(options.method, url);
    const answer = await this.#follow(url, options, this.#auth.header(scopes));
    if (answer.status !== 401) return answer;
    const challenge = answer.headers['www-authenticate'];
    const authorization = await this.#auth.answer(challenge, scopes);
    if (!authorization)
      return this.#auth.isFixed ? answer : this.#refuse(answer);
    answer.body.destroy();
    const second = await this.#follow(url, options, authorization);
    return second.status === 401 ? this.#refuse(second) : second;
  }

  #refuse({ body }: RegistryStream): never {
    body.destroy();
    throw this.#auth.refusal();
  }

  /** What is only read may lie elsewhere, in a blob store that knows no account of ours. */
  async #follow(
    first: URL,
    options: RegistryRequest,
    authorization?: string,
  ): Promise<RegistryStream> {
    let url = first;
    for (let redirects = 0; ; redirects += 1) {
      const isOwn = url.origin === new URL(this.base).origin;
      const answer = await this.#send(url, options, {
        ...options.headers,
        ...(isOwn && { 'x-request-id': this.#requestId }),
        ...(isOwn && authorization && { authorization }),
      });
      const { status, headers } = answer;
      // Not every registry says it back.
      headers['x-request-id'] ??= this.#requestId;
      const isRedirect =
        [301, 302, 303, 307, 308].includes(status) && headers.location;
      if (!isRedirect || !['GET', 'HEAD'].includes(options.method)) {
        return answer;
      }
      answer.body.destroy();
      if (redirects === MAX_REDIRECTS) {
        throw new Error('it redirects in circles');
      }
      const next = new URL(headers.location!, url);
      if (url.protocol === 'https:' && next.protocol !== 'https:') {
        throw new Error(`it redirects to ${next.origin}, which is not https`);
      }
      url = next;
    }
  }

  async #send(
    url: URL,
    { method, body, length = 0 }: RegistryRequest,
    headers: Record<string, string | number>,
  ): Promise<RegistryStream> {
    const isHttps = url.protocol === 'https:';
    const request = (isHttps ? https : http).request(url, {
      method,
      headers: {
        ...headers,
        ...((body || method !== 'GET') && { 'content-length': length }),
      },
      agent: this.#agents[isHttps ? 'https:' : 'http:'],
      timeout: IDLE_TIMEOUT,
    });
    request.on('timeout', () =>
      request.destroy(
        Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' }),
      ),
    );
    const answered = answerTo(request);
    const content = body?.();
    if (!content || Buffer.isBuffer(content)) {
      request.end(content);
      return answered;
    }
    // A server may refuse in mid-body; then its answer matters, not the broken pipe.
    const sent = pipeline(content, request);
    const stopSending = () => content.destroy();
    answered.then(stopSending, stopSending);
    const [answer, sending] = await Promise.allSettled([answered, sent]);
    if (answer.status === 'fulfilled') return answer.value;
    throw sending.status === 'rejected' ? sending.reason : answer.reason;
  }
}

function answerTo(request: http.ClientRequest): Promise<RegistryStream> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', body =>
      resolve({ status: body.statusCode ?? 0, headers: body.headers, body }),
    );
    request.on('close', () => reject(new Error('the connection broke')));
  });
}

async function readText(body: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_RESPONSE) {
      body.destroy();
      throw new Error('the registry sent an absurdly long answer');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Explains a refusal of the registry, in its own words where it has some. */
export function registryError(
  what: string,
  response: RegistryResponse,
): ToolError {
  const { code, message } = firstError(response.body);
  const requestId = response.headers['x-request-id'];
  const isDigest = code === 'DIGEST_INVALID';
  return new ToolError({
    ...statusOptions(response.status),
    ...(isDigest && { code: 'DIGEST_MISMATCH' }),
    message: `${what}: ${
      isDigest
        ? 'the registry received other bytes than were sent (digest mismatch)'
        : `the registry answered ${response.status}`
    }${message ? `: ${message}` : ''}`,
    ...(isDigest && {
      hint: 'Nothing was registered. Run the command again; if it happens again, check network and disk.',
    }),
    ...(requestId && { requestId: String(requestId) }),
  });
}

function firstError(body: string): { code?: string; message?: string } {
  try {
    const parsed = JSON.parse(body);
    return parsed.errors?.[0] ?? parsed.error ?? {};
  } catch {
    return {};
  }
}
