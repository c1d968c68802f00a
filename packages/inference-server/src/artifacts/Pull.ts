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
import type { RegistryClient } from './RegistryClient';

/** One version's claim on its manifest and its artifact. */
export class Pull implements ArtifactClaim {
  readonly #version: ServedVersion;
  readonly #cache: BlobCache;
  readonly #registry: RegistryClient;
  readonly #claimed = new Set<string>();

  constructor(
    version: ServedVersion,
    cache: BlobCache,
    registry: RegistryClient,
  ) {
    this.#version = version;
    this.#cache = cache;
    this.#registry = registry;
    this.#claim(version.digest);
  }

  /**
   * Returns the artifact's path in the cache. Asks the registry only for what
   * the cache lacks. Throws {@link PullRefusedError} when trying again is of no use.
   */
  async run(signal: AbortSignal): Promise<string> {
    const { repository, digest } = this.#version;
    const manifest = await this.#cache.ensure(digest, () =>
      this.#registry.getManifest(repository, digest, signal),
    );
    const layer = findArtifact(this.#version, await readFile(manifest, 'utf8'));
    this.#claim(layer.digest);
    return this.#cache.ensure(layer.digest, () =>
      this.#registry.getBlob(repository, layer.digest, signal),
    );
  }

  release(): void {
    for (const digest of this.#claimed) this.#cache.release(digest);
    this.#claimed.clear();
  }

  #claim(digest: string): void {
    if (this.#claimed.has(digest)) return;
    this.#claimed.add(digest);
    this.#cache.claim(digest);
  }
}

function findArtifact(version: ServedVersion, text: string): Descriptor {
  const { artifact, digest } = version;
  const layer = readManifest(digest, text).layers.find(
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
