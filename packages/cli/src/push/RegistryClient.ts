import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { REQUEST_ID } from '../connection/requestId';
import { CliError } from '../errors/CliError';
import { statusOptions } from '../errors/toCliError';

/** A connection that stands still for this long is taken for dead. */
const IDLE_TIMEOUT = 60_000;
const MAX_RESPONSE = 1024 * 1024;

export interface RegistryRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  /** Absolute, or a path on the registry. */
  url: string;
  headers?: Record<string, string | number>;
  /** Makes the body; called once. */
  body?: () => Buffer | Readable;
  /** Bytes of the body. */
  length?: number;
}

export interface RegistryResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/**
 * Talks to an OCI registry. Made on `node:http` rather than `fetch`, which
 * cannot stream a file with a known length. The authorization goes to the registry
 * only, not to another host that it may name in a `Location`.
 */
export class RegistryClient {
  readonly base: string;
  readonly #authorization?: string;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  constructor(options: { base: string; authorization?: string }) {
    this.base = options.base;
    this.#authorization = options.authorization;
  }

  /** Absolute form of a `Location`. */
  resolve(location: string): string {
    return new URL(location, this.base).toString();
  }

  /** Ends idle connections, so that the process can end. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async request(options: RegistryRequest): Promise<RegistryResponse> {
    const { method, body, length = 0 } = options;
    const url = new URL(options.url, this.base);
    const isHttps = url.protocol === 'https:';
    const headers: Record<string, string | number> = { ...options.headers };
    if (url.origin === new URL(this.base).origin) {
      if (this.#authorization) headers.authorization = this.#authorization;
      headers['x-request-id'] = REQUEST_ID;
    }
    if (body || method !== 'GET') headers['content-length'] = length;
    const request = (isHttps ? https : http).request(url, {
      method,
      headers,
      agent: this.#agents[isHttps ? 'https:' : 'http:'],
      timeout: IDLE_TIMEOUT,
    });
    request.on('timeout', () =>
      request.destroy(
        Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' }),
      ),
    );
    const answered = readResponse(request);
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

function readResponse(request: http.ClientRequest): Promise<RegistryResponse> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', response => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_RESPONSE) {
          request.destroy(
            new Error('the registry sent an absurdly long answer'),
          );
        }
        chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
      response.on('close', () => reject(new Error('the connection broke')));
    });
  });
}

/** Explains a refusal of the registry, in its own words where it has some. */
export function registryError(
  what: string,
  response: RegistryResponse,
): CliError {
  const { code, message } = firstError(response.body);
  const requestId = response.headers['x-request-id'];
  const isDigest = code === 'DIGEST_INVALID';
  return new CliError({
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
    requestId: requestId ? String(requestId) : REQUEST_ID,
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
