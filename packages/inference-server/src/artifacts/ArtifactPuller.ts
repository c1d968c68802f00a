import type { ServedVersion } from '@ml-platform/plugin-ml-common';
import type { BlobCache } from './BlobCache';
import { Pull } from './Pull';
import type { RegistryClient } from './RegistryClient';

/** Brings a version's artifact from the registry into the cache. */
export class ArtifactPuller {
  readonly #cache: BlobCache;
  readonly #registry: RegistryClient;

  constructor(options: { cache: BlobCache; registry: RegistryClient }) {
    this.#cache = options.cache;
    this.#registry = options.registry;
  }

  /** A pull that has not started; it holds what it brought until it is released. */
  prepare(version: ServedVersion): Pull {
    return new Pull(version, this.#cache, this.#registry);
  }

  async removeUnused(): Promise<number> {
    return this.#cache.removeUnclaimed();
  }
}
