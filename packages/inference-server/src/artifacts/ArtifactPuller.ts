import type { ServedVersion } from '@ml-platform/plugin-ml-common';
import type { BlobCache } from './BlobCache';
import type { PackageFolders } from './PackageFolders';
import { Pull } from './Pull';
import type { RegistryClient } from './RegistryClient';

/** One version's hold on its artifact. */
export interface ArtifactClaim {
  /** Resolves to the path of the artifact, or of the folder of the package. */
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
  readonly #options: {
    cache: BlobCache;
    folders: PackageFolders;
    registry: RegistryClient;
  };

  constructor(options: {
    cache: BlobCache;
    folders: PackageFolders;
    registry: RegistryClient;
  }) {
    this.#options = options;
  }

  /** A pull that has not started; it holds what it brought until it is released. */
  prepare(version: ServedVersion): ArtifactClaim {
    return new Pull(version, this.#options);
  }

  async removeUnused(): Promise<number> {
    const { cache, folders } = this.#options;
    return (await cache.removeUnclaimed()) + (await folders.removeUnclaimed());
  }
}
