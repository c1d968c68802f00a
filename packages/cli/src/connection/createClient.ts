import { MlClient } from '@ml-platform/plugin-ml-common';
import { backoff, isTransient } from './backoff';
import type { Connection } from './findConnection';
import { REQUEST_ID } from './requestId';
import { toUnreachable } from './toUnreachable';

const RETRIES = 2;
const TIMEOUT = 30_000;

/**
 * The REST client of the portal. What can be repeated without harm is, when
 * the network or the portal falters: reads, and writes with an idempotency key.
 */
export function createClient(connection: Connection): MlClient {
  return new MlClient({
    baseUrl: async () => `${connection.url}/api/ml`,
    fetch: authorizedFetch(connection),
  });
}

/** `fetch` with our token, a time limit and retries. */
export function authorizedFetch(connection: Connection): typeof fetch {
  return async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${connection.token}`);
    headers.set('x-request-id', REQUEST_ID);
    const repeatable =
      (init.method ?? 'GET') === 'GET' || headers.has('idempotency-key');
    for (let attempt = 0; ; attempt += 1) {
      const isLast = !repeatable || attempt === RETRIES;
      try {
        const response = await fetch(input, {
          ...init,
          headers,
          signal: init.signal ?? AbortSignal.timeout(TIMEOUT),
        });
        if (isLast || !isTransient(response.status)) return response;
        await response.body?.cancel();
        await backoff(attempt, response.headers.get('retry-after'));
      } catch (error) {
        if (isLast) throw toUnreachable('the portal', connection.url, error);
        await backoff(attempt);
      }
    }
  };
}
