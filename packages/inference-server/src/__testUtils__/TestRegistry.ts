import {
  type Batching,
  MEDIA_TYPES,
  type ModelInterface,
  type Resources,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** An OCI registry over real HTTP, as far as pulling by digest goes. */
export class TestRegistry {
  readonly token = 'registry-token';
  /** Paths of all requests that it answered. */
  readonly requests: string[] = [];
  readonly #blobs = new Map<string, Buffer>();
  #server: Server | undefined;
  #port = 0;

  /** Speaks TLS with a certificate and its key. */
  constructor(private readonly tls?: { cert: Buffer; key: Buffer }) {}

  get url(): string {
    return `${this.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** Starts, or starts again at the same address. */
  async start(): Promise<void> {
    const answer: RequestListener = (request, response) => {
      const { url = '', headers } = request;
      this.requests.push(url);
      if (headers.authorization !== `Bearer ${this.token}`) {
        response.writeHead(401).end();
        return;
      }
      const digest = url.slice(url.lastIndexOf('/') + 1);
      const blob = this.#blobs.get(digest);
      response.writeHead(blob ? 200 : 404).end(blob);
    };
    const server = this.tls
      ? createTlsServer(this.tls, answer)
      : createServer(answer);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }

  /** Puts a package with one artifact there and says how to serve it. */
  push(options: {
    version: string;
    artifact: Buffer;
    interface: ModelInterface;
    repository?: string;
    batching?: Batching;
    resources?: Resources;
  }): ServedVersion {
    const { artifact, batching, resources, version } = options;
    return this.pushFiles({
      version,
      repository: options.repository,
      files: { 'model.onnx': artifact },
      serve: {
        format: 'onnx',
        artifact: 'model.onnx',
        interface: options.interface,
        batching,
        ...(resources && { resources }),
      },
    });
  }

  /** Puts a package of any format there and says how to serve it. */
  pushFiles(options: {
    version: string;
    files: Record<string, Buffer | string>;
    serve: Omit<ServedVersion, 'version' | 'repository' | 'digest'>;
    repository?: string;
  }): ServedVersion {
    const { files, serve, version, repository = 'models/test' } = options;
    const manifest = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: MEDIA_TYPES.modelManifest,
      config: this.#add(Buffer.from('{}'), MEDIA_TYPES.modelConfig),
      layers: Object.entries(files).map(([path, content]) => ({
        ...this.#add(Buffer.from(content), MEDIA_TYPES.weight),
        annotations: { 'org.cncf.model.filepath': path },
      })),
      annotations: { version },
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    const { digest } = this.#add(bytes, MEDIA_TYPES.ociManifest);
    return { version, repository, digest, ...serve };
  }

  /** From now on other bytes come for the digest of these. */
  tamper(original: Buffer, bytes: Buffer): void {
    this.#blobs.set(digestOf(original), bytes);
  }

  #add(bytes: Buffer, mediaType: string) {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
