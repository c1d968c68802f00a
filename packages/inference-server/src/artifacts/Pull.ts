import {
  type Descriptor,
  FILEPATH_ANNOTATION,
  ociManifestSchema,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { readFile } from 'node:fs/promises';
import type { ArtifactClaim } from './ArtifactPuller';
import type { BlobCache } from './BlobCache';
import { PullRefusedError } from './errors';
import type { PackageFile, PackageFolders } from './PackageFolders';
import type { RegistryClient } from './RegistryClient';

/** One version's claim on its manifest and its artifact, or on all of its files. */
export class Pull implements ArtifactClaim {
  readonly #version: ServedVersion;
  readonly #cache: BlobCache;
  readonly #registry: RegistryClient;
  readonly #folders: PackageFolders;
  readonly #claimed = new Set<string>();

  constructor(
    version: ServedVersion,
    from: {
      cache: BlobCache;
      folders: PackageFolders;
      registry: RegistryClient;
    },
  ) {
    this.#version = version;
    this.#cache = from.cache;
    this.#folders = from.folders;
    this.#registry = from.registry;
    this.#claim(version.digest);
    this.#folders.claim(version.digest);
  }

  /**
   * Returns the path of the artifact in the cache; for a format whose workers
   * need more than that, of a folder with the whole package. Asks the registry
   * only for what the cache lacks. Throws {@link PullRefusedError} when trying
   * again is of no use.
   */
  async run(signal: AbortSignal): Promise<string> {
    const { repository, digest, format } = this.#version;
    const manifest = await this.#cache.ensure(digest, () =>
      this.#registry.getManifest(repository, digest, signal),
    );
    const { layers } = readManifest(digest, await readFile(manifest, 'utf8'));
    const artifact = findArtifact(this.#version, layers);
    if (format === 'onnx' && artifact) return this.#fetch(artifact, signal);
    const files: PackageFile[] = [];
    for (const layer of layers) {
      const path = layer.annotations?.[FILEPATH_ANNOTATION];
      if (path === undefined) continue;
      files.push({ path, source: await this.#fetch(layer, signal) });
    }
    return this.#folders.ensure(digest, files);
  }

  async #fetch(layer: Descriptor, signal: AbortSignal): Promise<string> {
    this.#claim(layer.digest);
    return this.#cache.ensure(layer.digest, () =>
      this.#registry.getBlob(this.#version.repository, layer.digest, signal),
    );
  }

  release(): void {
    for (const digest of this.#claimed) this.#cache.release(digest);
    if (this.#claimed.size) this.#folders.release(this.#version.digest);
    this.#claimed.clear();
  }

  #claim(digest: string): void {
    if (this.#claimed.has(digest)) return;
    this.#claimed.add(digest);
    this.#cache.claim(digest);
  }
}

function findArtifact(
  { artifact, digest }: ServedVersion,
  layers: Descriptor[],
): Descriptor | undefined {
  if (artifact === undefined) return undefined;
  const layer = layers.find(
    ({ annotations }) => annotations?.[FILEPATH_ANNOTATION] === artifact,
  );
  if (!layer) {
    throw new PullRefusedError(
      `the package ${digest} holds no file '${artifact}'; check 'artifact' in model.yaml`,
    );
  }
  return layer;
}

function readManifest(digest: string, text: string) {
  try {
    return ociManifestSchema.parse(JSON.parse(text));
  } catch {
    throw new PullRefusedError(`${digest} is not an OCI image manifest`);
  }
}
