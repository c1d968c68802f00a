// As much of an OCI registry as serving packages needs.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';

const digestOf = bytes =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export class ArtifactRegistry {
  #blobs = new Map();
  #server = createServer((request, response) => {
    const blob = this.#blobs.get(request.url.split('/').pop());
    response.writeHead(blob ? 200 : 404).end(blob);
  });

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Makes a package of one file; returns its digest and the file's name in it. */
  push(path) {
    const bytes = readFileSync(path);
    const artifact = basename(path);
    const config = Buffer.from('{}');
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: {
          mediaType: 'application/vnd.cncf.model.config.v1+json',
          digest: digestOf(config),
          size: config.length,
        },
        layers: [
          {
            mediaType: 'application/vnd.cncf.model.weight.v1.raw',
            digest: digestOf(bytes),
            size: bytes.length,
            annotations: { 'org.cncf.model.filepath': artifact },
          },
        ],
      }),
    );
    for (const blob of [bytes, config, manifest]) {
      this.#blobs.set(digestOf(blob), blob);
    }
    return { digest: digestOf(manifest), artifact };
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
