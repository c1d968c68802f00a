import { isTransient } from '../network/backoff';
import type { Blob } from './Content';
import {
  registryError,
  type RegistryClient,
  type RegistryResponse,
} from './RegistryClient';
import type { UploadState } from './UploadState';

export interface UploadTarget {
  registry: RegistryClient;
  repository: string;
  layer: Blob;
  state: UploadState;
}

/** An upload under way, as far as the registry has acknowledged it. */
export interface Upload {
  location: string;
  offset: number;
  /** Smallest chunk that the registry takes, save for the last. */
  minChunk: number;
}

/** A refusal that may not last. */
export class Retry extends Error {
  constructor(readonly response: RegistryResponse) {
    super(`the registry answered ${response.status}`);
  }
}

function expectStatus(
  what: string,
  response: RegistryResponse,
  ...allowed: number[]
) {
  if (allowed.includes(response.status)) return;
  // 404 and 416 end an upload's life or place, which openUpload sorts out.
  if (isTransient(response.status) || [404, 416].includes(response.status)) {
    throw new Retry(response);
  }
  throw registryError(what, response);
}

/** Finds an upload's place again, or begins a new one. */
export async function openUpload(
  { registry, repository, layer, state }: UploadTarget,
  location: string | undefined,
): Promise<Upload> {
  if (location) {
    const response = await registry.request({ method: 'GET', url: location });
    const offset = offsetOf(response);
    if (response.status === 204 && offset <= layer.size) {
      return {
        location: nextLocation(registry, response, location),
        offset,
        minChunk: 0,
      };
    }
    if (isTransient(response.status)) throw new Retry(response);
    await state.clear();
  }
  const response = await registry.request({
    method: 'POST',
    url: `/v2/${repository}/blobs/uploads/`,
  });
  expectStatus(`Uploading ${layer.name} failed`, response, 202);
  const opened = nextLocation(registry, response);
  await state.save(opened);
  return {
    location: opened,
    offset: 0,
    minChunk: Number(response.headers['oci-chunk-min-length']) || 0,
  };
}

/** Sends the next bytes, and notes how far the registry is. */
export async function sendChunk(
  { registry, layer, state }: UploadTarget,
  upload: Upload,
  size: number,
): Promise<void> {
  const start = upload.offset;
  const end = Math.min(start + size, layer.size) - 1;
  const response = await registry.request({
    method: 'PATCH',
    url: upload.location,
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `${start}-${end}`,
    },
    length: end - start + 1,
    body: () => layer.read(start, end),
  });
  expectStatus(`Uploading ${layer.name} failed`, response, 202);
  const location = nextLocation(registry, response, upload.location);
  if (location !== upload.location) await state.save(location);
  upload.location = location;
  upload.offset = response.headers.range ? offsetOf(response) : end + 1;
}

/** Turns what was uploaded into a blob. */
export async function finishUpload(
  { registry, layer }: UploadTarget,
  upload: Upload,
): Promise<void> {
  const url = new URL(upload.location);
  url.searchParams.set('digest', layer.digest);
  const response = await registry.request({
    method: 'PUT',
    url: url.toString(),
  });
  expectStatus(`Uploading ${layer.name} failed`, response, 201, 204);
}

/** Bytes the registry has, from `Range: 0-<last byte>`. */
function offsetOf({ headers }: RegistryResponse): number {
  const match = /^(?:bytes=)?0-(\d+)$/.exec(String(headers.range ?? ''));
  // A registry that has nothing yet says 0-0, which could also mean one byte; sending that byte again is refused with 416 at worst.
  return match && match[1] !== '0' ? Number(match[1]) + 1 : 0;
}

function nextLocation(
  registry: RegistryClient,
  response: RegistryResponse,
  current?: string,
): string {
  const { location } = response.headers;
  if (location) return registry.resolve(location);
  if (current) return current;
  throw new Error('the registry named no place to upload to');
}
