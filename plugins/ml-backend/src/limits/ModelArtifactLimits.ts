import { modelOfRepository } from '@ml-platform/plugin-ml-common';
import type { ArtifactLimits } from '../artifacts';
import type { SizeExceptionStore } from './SizeExceptionStore';

/** The default for everybody, and more for a model that has an exception now. */
export class ModelArtifactLimits implements ArtifactLimits {
  readonly defaultBytes: number;
  readonly #exceptions: Pick<SizeExceptionStore, 'largestActive'>;

  constructor(options: {
    defaultBytes: number;
    exceptions: Pick<SizeExceptionStore, 'largestActive'>;
  }) {
    this.defaultBytes = options.defaultBytes;
    this.#exceptions = options.exceptions;
  }

  async limitFor(repository: string): Promise<number> {
    const model = modelOfRepository(repository);
    return model ? this.limitOf(model) : this.defaultBytes;
  }

  async limitOf(model: string): Promise<number> {
    return Math.max(
      this.defaultBytes,
      await this.#exceptions.largestActive(model),
    );
  }
}
