import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Speaks HTTP to a registry as any client would; nothing is hidden. */
export class RegistryClient {
  constructor(readonly url: string, readonly token: string) {}

  as(token: string): RegistryClient {
    return new RegistryClient(this.url, token);
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), {
      ...init,
      headers: { authorization: `Bearer ${this.token}`, ...init.headers },
    });
  }

  /** @returns the location of the upload */
  async startUpload(repository: string): Promise<string> {
    const response = await this.fetch(`/v2/${repository}/blobs/uploads/`, {
      method: 'POST',
    });
    if (response.status !== 202) throw new Error(await response.text());
    return response.headers.get('location')!;
  }

  patch(
    location: string,
    content: string | Buffer,
    start?: number,
  ): Promise<Response> {
    const end = (start ?? 0) + content.length - 1;
    return this.fetch(location, {
      method: 'PATCH',
      body: new Uint8Array(Buffer.from(content)),
      headers:
        start === undefined ? {} : { 'content-range': `${start}-${end}` },
    });
  }

  finish(
    location: string,
    digest: string,
    content?: string | Buffer,
  ): Promise<Response> {
    return this.fetch(`${location}?digest=${digest}`, {
      method: 'PUT',
      body: content && new Uint8Array(Buffer.from(content)),
    });
  }

  /** Pushes a blob in one piece. */
  async pushBlob(repository: string, content: string | Buffer) {
    const digest = digestOf(content);
    const response = await this.fetch(
      `/v2/${repository}/blobs/uploads/?digest=${digest}`,
      { method: 'POST', body: new Uint8Array(Buffer.from(content)) },
    );
    if (response.status !== 201) throw new Error(await response.text());
    return { digest, size: content.length };
  }

  putManifest(
    repository: string,
    reference: string,
    manifest: object | string,
    mediaType: string = MEDIA_TYPES.ociManifest,
  ): Promise<Response> {
    return this.fetch(`/v2/${repository}/manifests/${reference}`, {
      method: 'PUT',
      body: typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
      headers: { 'content-type': mediaType },
    });
  }

  /**
   * Sends the beginning of a chunk and keeps the connection open.
   * @returns what breaks it off as a dying client does
   */
  beginPatch(location: string, content: Buffer): () => void {
    const request = httpRequest(new URL(location, this.url), {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-length': content.length + 1_000_000,
      },
    });
    request.on('error', () => undefined);
    request.write(content);
    return () => request.destroy();
  }

  async offset(location: string): Promise<number> {
    const response = await this.fetch(location);
    return Number(response.headers.get('upload-offset') ?? NaN);
  }
}

/** The first error of an answer in the OCI shape. */
export async function errorOf(
  response: Response,
): Promise<{ status: number; code: string; message: string }> {
  const { errors } = await response.json();
  return {
    status: response.status,
    code: errors[0].code,
    message: errors[0].message,
  };
}
