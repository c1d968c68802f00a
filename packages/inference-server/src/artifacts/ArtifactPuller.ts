import type { ServedVersion } from '@ml-platform/plugin-ml-common';
import type { BlobCache } from './BlobCache';
import { Pull } from './Pull';
import type { RegistryClient } from './RegistryClient';

/** One version's hold on its artifact. */
export interface ArtifactClaim {
  /** Resolves to the path of the artifact. */
  run(signal: AbortSignal): Promise<string>;
  release(): void;
}

/** Where artifacts come from. */
export interface ArtifactSource {
  prepare(version: ServedVersion): ArtifactClaim;
  /** Frees what nobody holds; returns how many files that were. */
  removeUnused(): Promise<number>;
}

/** Brings a version's artifact from the registry into the cache. */
export class ArtifactPuller implements ArtifactSource {
  readonly #cache: BlobCache;
  readonly #registry: RegistryClient;

  constructor(options: { cache: BlobCache; registry: RegistryClient }) {
    this.#cache = options.cache;
    this.#registry = options.registry;
  }

  /** A pull that has not started; it holds what it brought until it is released. */
  prepare(version: ServedVersion): ArtifactClaim {
    return new Pull(version, this.#cache, this.#registry);
  }

  async removeUnused(): Promise<number> {
    return this.#cache.removeUnclaimed();
  }
}
