import { MlClient } from '@ml-platform/plugin-ml-common';
import { backoff, isTransient } from './backoff';
import { toUnreachable } from './toUnreachable';

const RETRIES = 2;
const TIMEOUT = 30_000;

/**
 * Where the portal is, and who we are there.
 * @public
 */
export interface PortalAccess {
  /** Origin of the portal, without a trailing slash. */
  url: string;
  token: string;
  /** A token that is still good, where the first one may end meanwhile. */
  freshToken?: () => Promise<string>;
  /** Names all that is asked, in the portal's logs and audit. */
  requestId?: string;
}

/**
 * The REST client of the portal. What can be repeated without harm is, when
 * the network or the portal falters: reads, and writes with an idempotency key.
 * @public
 */
export function createPortalClient(portal: PortalAccess): MlClient {
  return new MlClient({
    baseUrl: async () => `${portal.url}/api/ml`,
    fetch: authorizedFetch(portal),
  });
}

/**
 * `fetch` with our token, a time limit and retries.
 * @public
 */
export function authorizedFetch(portal: PortalAccess): typeof fetch {
  return async (input, init = {}) => {
    const headers = new Headers(init.headers);
    const token = (await portal.freshToken?.()) ?? portal.token;
    headers.set('authorization', `Bearer ${token}`);
    if (portal.requestId) headers.set('x-request-id', portal.requestId);
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
        if (isLast) throw toUnreachable('the portal', portal.url, error);
        await backoff(attempt);
      }
    }
  };
}
