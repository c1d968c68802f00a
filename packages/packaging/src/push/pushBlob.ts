import { backoff, isTransient } from '../network/backoff';
import { toUnreachable } from '../network/toUnreachable';
import { ToolError } from '../errors/ToolError';
import type { Blob } from './Content';
import {
  registryError,
  type RegistryClient,
  type RegistryRequest,
  type RegistryResponse,
} from './RegistryClient';

const MAX_TRIES = 5;

/** Sends a request that may be repeated, until it gets an answer that stays. */
export async function requestWithRetry(
  registry: RegistryClient,
  request: RegistryRequest,
): Promise<RegistryResponse> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt === MAX_TRIES - 1;
    try {
      const response = await registry.request(request);
      if (isLast || !isTransient(response.status)) return response;
      await backoff(attempt, response.headers['retry-after'] as string);
    } catch (error) {
      if (error instanceof ToolError) throw error;
      if (isLast) throw toUnreachable('the registry', registry.base, error);
      await backoff(attempt);
    }
  }
}

/** Whether the repository has the blob already. */
export async function hasBlob(
  registry: RegistryClient,
  repository: string,
  digest: string,
): Promise<boolean> {
  const response = await requestWithRetry(registry, {
    method: 'HEAD',
    url: `/v2/${repository}/blobs/${digest}`,
  });
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  // An answer to HEAD has no body, and so no reason; to GET it has.
  const explained = await requestWithRetry(registry, {
    method: 'GET',
    url: `/v2/${repository}/blobs/${digest}`,
    headers: { range: 'bytes=0-0' },
  });
  throw registryError(
    `Looking into the repository ${repository} failed`,
    explained.status >= 400 ? explained : response,
  );
}

/**
 * Lets the registry take a blob over from another of its repositories.
 * @returns whether it did; a registry may always decline
 */
export async function mountBlob(
  registry: RegistryClient,
  repository: string,
  blob: { digest: string; from: string },
): Promise<boolean> {
  const query = new URLSearchParams({ mount: blob.digest, from: blob.from });
  try {
    const response = await requestWithRetry(registry, {
      method: 'POST',
      url: `/v2/${repository}/blobs/uploads/?${query}`,
    });
    return response.status === 201;
  } catch (error) {
    // It may be that only the other repository is closed to us; sending tells.
    if (error instanceof ToolError && error.code === 'UNAUTHENTICATED') {
      return false;
    }
    throw error;
  }
}

/** Pushes a small blob in one request; in two where the registry wants that. */
export async function pushSmallBlob(
  registry: RegistryClient,
  repository: string,
  blob: Blob,
): Promise<void> {
  const content = {
    headers: { 'content-type': 'application/octet-stream' },
    length: blob.size,
    body: () => (blob.size ? blob.read(0, blob.size - 1) : Buffer.alloc(0)),
  };
  const what = `Uploading ${blob.name} failed`;
  const digest = encodeURIComponent(blob.digest);
  let response = await requestWithRetry(registry, {
    method: 'POST',
    url: `/v2/${repository}/blobs/uploads/?digest=${digest}`,
    ...content,
  });
  if (response.status === 202 && response.headers.location) {
    const url = new URL(registry.resolve(response.headers.location));
    url.searchParams.set('digest', blob.digest);
    response = await requestWithRetry(registry, {
      method: 'PUT',
      url: url.toString(),
      ...content,
    });
  }
  if (response.status !== 201) throw registryError(what, response);
}
