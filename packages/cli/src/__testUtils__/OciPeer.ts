import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a test does with a chunk before it is kept; throwing breaks the connection. */
export type ChunkHook = (chunk: number) => Promise<void> | void;

/** The part of an OCI registry that `ml` uses, in memory, with faults on demand. */
export class OciPeer {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, Buffer>();
  /** Every byte of file content that arrived, also that of broken requests. */
  receivedBytes = 0;
  chunks = 0;
  onChunk: ChunkHook = () => {};
  /** Answers a wrong digest to the end of each upload. */
  corrupts = false;
  /** What a test does with a blob before it is sent. */
  onRead: (read: { bytes: Buffer }) => Buffer | Promise<Buffer> = read =>
    read.bytes;
  /** Descriptors of what belongs to a manifest, by its digest. */
  readonly referrers = new Map<string, object[]>();
  readonly #uploads = new Map<string, Buffer[]>();

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<void> {
    const path = url.pathname;
    if (path === '/v2/') {
      response.writeHead(200).end();
    } else if (/\/blobs\/uploads\//.test(path)) {
      await this.#upload(request, response, url);
    } else if (/\/blobs\/sha256:/.test(path)) {
      const blob = this.blobs.get(path.split('/').at(-1)!);
      if (!blob) this.refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown');
      else if (request.method === 'HEAD') response.writeHead(200).end();
      else await this.#send(request, response, blob);
    } else if (/\/referrers\//.test(path)) {
      const manifests = this.referrers.get(path.split('/').at(-1)!) ?? [];
      response.writeHead(200).end(JSON.stringify({ manifests }));
    } else if (request.method === 'GET' && /\/manifests\//.test(path)) {
      const manifest = this.manifests.get(path.split('/').at(-1)!);
      if (manifest) response.writeHead(200).end(manifest);
      else this.refuse(response, 404, 'MANIFEST_UNKNOWN', 'unknown');
    } else if (request.method === 'PUT' && /\/manifests\//.test(path)) {
      this.manifests.set(path.split('/').at(-1)!, await this.#read(request));
      response.writeHead(201).end();
    } else {
      this.refuse(response, 404, 'UNSUPPORTED', 'not here');
    }
  }

  /** As after a restart of a registry that keeps no unfinished uploads. */
  forgetUploads(): void {
    this.#uploads.clear();
  }

  refuse(
    response: ServerResponse,
    status: number,
    code: string,
    message: string,
  ) {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ errors: [{ code, message }] }));
  }

  /** Sends a blob or a range of it, cut short where the hook makes it shorter. */
  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    blob: Buffer,
  ) {
    const { range } = request.headers;
    const [, start = 0, end = blob.length - 1] =
      /^bytes=(\d+)-(\d+)$/.exec(range ?? '')?.map(Number) ?? [];
    const bytes = blob.subarray(start, end + 1);
    const sent = await this.onRead({ bytes });
    response.writeHead(range ? 206 : 200, { 'content-length': bytes.length });
    if (sent.length === bytes.length) response.end(sent);
    else response.write(sent, () => response.destroy());
  }

  async #upload(request: IncomingMessage, response: ServerResponse, url: URL) {
    const digest = url.searchParams.get('digest');
    const id = url.pathname.split('/').at(-1)!;
    const base = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1);
    if (request.method === 'POST') {
      if (digest) {
        this.#finish(response, digest, [await this.#read(request)]);
        return;
      }
      const opened = randomUUID();
      this.#uploads.set(opened, []);
      response.writeHead(202, { location: `${base}${opened}` }).end();
      return;
    }
    const parts = this.#uploads.get(id);
    if (!parts) {
      this.refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'upload unknown');
      return;
    }
    const size = () => parts.reduce((sum, part) => sum + part.length, 0);
    const progress = () => ({
      location: url.pathname,
      range: `0-${Math.max(size() - 1, 0)}`,
    });
    if (request.method === 'GET') {
      response.writeHead(204, progress()).end();
    } else if (request.method === 'PATCH') {
      const start = Number(request.headers['content-range']?.split('-')[0]);
      if (start !== size()) {
        response.writeHead(416, progress()).end();
        return;
      }
      const content = await this.#read(request);
      this.chunks += 1;
      await this.onChunk(this.chunks);
      parts.push(content);
      response.writeHead(202, progress()).end();
    } else {
      this.#finish(response, digest!, parts);
    }
  }

  #finish(response: ServerResponse, digest: string, parts: Buffer[]) {
    const content = Buffer.concat(parts);
    const actual = `sha256:${createHash('sha256')
      .update(content)
      .digest('hex')}`;
    if (this.corrupts || actual !== digest) {
      this.refuse(response, 400, 'DIGEST_INVALID', 'the digest does not match');
      return;
    }
    this.blobs.set(digest, content);
    response.writeHead(201).end();
  }

  async #read(request: IncomingMessage): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of request) {
      this.receivedBytes += part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}
