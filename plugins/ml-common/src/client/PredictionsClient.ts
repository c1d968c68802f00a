import { ResponseError } from '@backstage/errors';
import type { Environment } from '../releases/types';
import type { TrafficReport } from '../serving/traffic';
import type { MlTransport } from './MlTransport';

/** What a gateway answered to a request that was tried. @public */
export interface TriedPrediction {
  /** Status of the gateway; of 400 and above, the body says why. */
  status: number;
  /** As it came, so that large integers keep their digits. */
  body: string;
  /** The version that answered; absent where none did. */
  version?: string;
  /** To find the request in the log of the inference server. */
  requestId: string;
  /** From the control plane's call of the gateway to the end of the answer. */
  latencyMs: number;
}

/** Longest request that can be tried, in bytes. @public */
export const MAX_TRIED_BYTES = 256 * 1024;

/**
 * What callers of a model want to know. Applications call the gateways themselves.
 * @public
 */
export class PredictionsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** What became of the requests of the last day. */
  getTraffic(model: string, environment: Environment): Promise<TrafficReport> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/deployments/${environment}/traffic`,
    );
  }

  /**
   * The first sample request of a version, as the text that it is in the
   * package; undefined where it has none.
   */
  async getSample(model: string, version: string): Promise<string | undefined> {
    try {
      const response = await this.#transport.fetch(
        'GET',
        `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
          version,
        )}/sample`,
      );
      return await response.text();
    } catch (error) {
      if (ResponseError.is(error) && error.statusCode === 404) return undefined;
      throw error;
    }
  }

  /** Sends a request of the Open Inference Protocol, as JSON, to what an environment serves. */
  try(
    model: string,
    environment: Environment,
    request: {
      body: string;
      /** A version or an API version; what is live when not given. */
      version?: string;
    },
  ): Promise<TriedPrediction> {
    const query = request.version
      ? `?version=${encodeURIComponent(request.version)}`
      : '';
    return this.#transport.request(
      'POST',
      `/models/${encodeURIComponent(
        model,
      )}/deployments/${environment}/predict${query}`,
      { text: request.body },
    );
  }
}
