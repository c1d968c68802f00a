import type { Readable } from 'node:stream';
import {
  DELTA_BASE_HEADER,
  DELTA_MEDIA_TYPE,
} from '@ml-platform/plugin-ml-common';
import { isTransient } from '../network/backoff';
import type { Blob } from './Content';
import type { DeltaPlan } from './delta/DeltaPlan';
import {
  registryError,
  type RegistryClient,
  type RegistryResponse,
} from './RegistryClient';
import type { UploadState } from './UploadState';

/** Of a difference, a request makes more bytes of the blob than it carries. */
const MADE_PER_BYTE = 4;

export interface UploadTarget {
  registry: RegistryClient;
  repository: string;
  layer: Blob;
  state: UploadState;
  /** What the registry can take from a blob that it has. */
  delta?: DeltaPlan;
}

/** An upload under way, as far as the registry has acknowledged it. */
export interface Upload {
  location: string;
  offset: number;
  /** Smallest chunk that the registry takes, save for the last. */
  minChunk: number;
  /** Whether it takes a difference. */
  takesDelta: boolean;
}

/** A refusal that may not last. */
export class Retry extends Error {
  constructor(readonly response: RegistryResponse) {
    super(`the registry answered ${response.status}`);
  }

  /** Whether it has the blob no more that it was to copy from. */
  get isBlobGone(): boolean {
    return this.response.body.includes('"BLOB_UNKNOWN"');
  }
}

function expectStatus(
  what: string,
  response: RegistryResponse,
  ...allowed: number[]
) {
  if (allowed.includes(response.status)) return;
  // 404 and 416 end an upload's life or place, which openUpload sorts out. 409
  // is what a request that was cut off leaves behind, for a moment.
  const { status } = response;
  if (isTransient(status) || [404, 409, 416].includes(status)) {
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
        takesDelta: isForDelta(response),
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
    takesDelta: isForDelta(response),
  };
}

/**
 * Sends the next bytes, and notes how far the registry is.
 * @returns how many bytes of the blob went over the wire
 */
export async function sendChunk(
  target: UploadTarget,
  upload: Upload,
  size: number,
): Promise<number> {
  const { registry, layer, state } = target;
  const start = upload.offset;
  const { end, sent, ...request } = nextRequest(target, upload, size);
  const response = await registry.request({
    method: 'PATCH',
    url: upload.location,
    ...request,
    headers: {
      ...request.headers,
      'content-range': `${start}-${end - 1}`,
    },
  });
  expectStatus(`Uploading ${layer.name} failed`, response, 202);
  const location = nextLocation(registry, response, upload.location);
  if (location !== upload.location) await state.save(location);
  upload.location = location;
  upload.offset = response.headers.range ? offsetOf(response) : end;
  return sent;
}

function nextRequest(
  { delta, layer }: UploadTarget,
  { offset, takesDelta }: Upload,
  size: number,
): {
  /** Where the request ends in the blob. */
  end: number;
  /** Bytes of the blob in it. */
  sent: number;
  length: number;
  body: () => Readable;
  headers: Record<string, string>;
} {
  if (delta && takesDelta) {
    const made = size * MADE_PER_BYTE;
    const end = delta.endFrom(offset, { data: size, made });
    const { dataBytes, length, read } = delta.body(layer, offset, end);
    return {
      ...{ end, length, sent: dataBytes, body: read },
      headers: {
        'content-type': DELTA_MEDIA_TYPE,
        [DELTA_BASE_HEADER]: delta.base,
      },
    };
  }
  const end = Math.min(offset + size, layer.size);
  return {
    ...{ end, length: end - offset, sent: end - offset },
    body: () => layer.read(offset, end - 1),
    headers: { 'content-type': 'application/octet-stream' },
  };
}

function isForDelta({ headers }: RegistryResponse): boolean {
  return String(headers['accept-patch'] ?? '').includes(DELTA_MEDIA_TYPE);
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
