import type { Approval } from '../governance/approvals';
import type {
  ModelLimits,
  SizeException,
  SizeExceptionRequest,
} from '../governance/limits';
import type { MlTransport } from './MlTransport';

/**
 * How large artifacts of a model may be.
 * @public
 */
export class LimitsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  get(model: string): Promise<ModelLimits> {
    return this.#transport.request('GET', pathOf(model));
  }

  /** Asks for larger artifacts of this model; a second person decides. */
  request(model: string, request: SizeExceptionRequest): Promise<Approval> {
    return this.#transport.request('POST', `${pathOf(model)}/exceptions`, {
      body: request,
    });
  }

  /** Ends an exception before its time. */
  revoke(model: string, id: string): Promise<SizeException> {
    return this.#transport.request(
      'DELETE',
      `${pathOf(model)}/exceptions/${encodeURIComponent(id)}`,
    );
  }
}

function pathOf(model: string): string {
  return `/models/${encodeURIComponent(model)}/limits`;
}
