import type { ModelTrust, VersionProof } from '../proof/types';
import type { MlTransport } from './MlTransport';

/**
 * Who signed a version, and whom the platform believes.
 * @public
 */
export class ProofsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  get(model: string, version: string): Promise<VersionProof> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
        version,
      )}/proof`,
    );
  }

  getTrust(model: string): Promise<ModelTrust> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/trust`,
    );
  }
}
