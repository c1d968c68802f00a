import { modelOfRepository } from '@ml-platform/plugin-ml-common';
import type { ArtifactLimits } from '../artifacts';
import type { PolicySettings } from '../policy/PolicySettings';
import type { SizeExceptionStore } from './SizeExceptionStore';

/** The default for everybody, and more for a model that has an exception now. */
export class ModelArtifactLimits implements ArtifactLimits {
  readonly #policies: PolicySettings;
  readonly #exceptions: Pick<SizeExceptionStore, 'largestActive'>;

  constructor(options: {
    policies: PolicySettings;
    exceptions: Pick<SizeExceptionStore, 'largestActive'>;
  }) {
    this.#policies = options.policies;
    this.#exceptions = options.exceptions;
  }

  /** Of models that have no exception. */
  async getDefault(): Promise<number> {
    return (await this.#policies.get('artifacts')).maxArtifactBytes;
  }

  async limitFor(repository: string): Promise<number> {
    const model = modelOfRepository(repository);
    return model ? this.limitOf(model) : this.getDefault();
  }

  async limitOf(model: string): Promise<number> {
    return Math.max(
      await this.getDefault(),
      await this.#exceptions.largestActive(model),
    );
  }
}
