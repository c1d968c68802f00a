import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const OPAQUE = '.wh..wh..opq';

/** An image's file system on disk, and how it wants to be run. */
export interface UnpackedImage {
  root: string;
  config: {
    Entrypoint: string[];
    Cmd?: string[];
    Env: string[];
    User: string;
    Labels: Record<string, string>;
    ExposedPorts: Record<string, object>;
  };
  manifestDigest: string;
}

/** Unpacks the only image of a layout, as a container runtime does (OCI image specification, "Layer"). */
export function unpackImage(layout: string, root: string): UnpackedImage {
  const pathOf = (digest: string) =>
    join(layout, 'blobs', digest.replace(':', '/'));
  const read = (digest: string) => {
    const bytes = readFileSync(pathOf(digest));
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(
      digest,
    );
    return JSON.parse(bytes.toString('utf8'));
  };
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
  expect(index.manifests).toHaveLength(1);
  const { digest } = index.manifests[0];
  const manifest = read(digest);
  mkdirSync(root, { recursive: true });
  for (const layer of manifest.layers) {
    applyLayer(pathOf(layer.digest), root);
  }
  const { config } = read(manifest.config.digest);
  return { root, config, manifestDigest: digest };
}

function applyLayer(archive: string, root: string): void {
  const names = execFileSync('tar', ['--list', '--file', archive], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter(Boolean);
  // What a layer takes away is of the layers below it, so this comes first.
  for (const name of names) {
    const folder = join(root, dirname(name));
    if (basename(name) === OPAQUE) {
      for (const item of readdirSync(folder)) {
        rmSync(join(folder, item), { recursive: true });
      }
    } else if (basename(name).startsWith('.wh.')) {
      const removed = join(folder, basename(name).slice('.wh.'.length));
      rmSync(removed, { recursive: true, force: true });
    }
  }
  execFileSync('tar', [
    '--extract',
    '--preserve-permissions',
    '--numeric-owner',
    '--exclude=.wh.*',
    ...['--file', archive, '--directory', root],
  ]);
}
