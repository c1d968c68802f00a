import type { EvaluationReport } from '../evaluation/report';
import type { Evaluation, EvaluationGateState } from '../evaluation/types';
import type { Page } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

/** @public */
export interface AttachEvaluationRequest {
  /** Sigstore bundle with an in-toto test result, in base64. */
  bundle: string;
  /** The report, byte for byte as its digest in the bundle says. */
  report: string;
}

/**
 * Evaluations of versions: run by the platform, or run elsewhere and attached.
 * @public
 */
export class EvaluationsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Has the platform run the suite of a version; gives the one under way, if there is one. */
  start(model: string, version: string): Promise<Evaluation> {
    return this.#transport.request('POST', `${pathOf(model, version)}`);
  }

  /** Attaches a signed result of an evaluation that ran elsewhere. */
  attach(
    model: string,
    version: string,
    request: AttachEvaluationRequest,
  ): Promise<Evaluation> {
    return this.#transport.request(
      'POST',
      `${pathOf(model, version)}/attached`,
      { body: request },
    );
  }

  /** Newest first. */
  list(
    model: string,
    query: { version?: string; limit?: number } = {},
  ): Promise<Page<Evaluation>> {
    return this.#transport.request(
      'GET',
      `/models/${encodeURIComponent(model)}/evaluations${toQuery({
        version: query.version,
        limit: query.limit,
      })}`,
    );
  }

  /** With its report. */
  get(id: string): Promise<Evaluation & { report?: EvaluationReport }> {
    return this.#transport.request(
      'GET',
      `/evaluations/${encodeURIComponent(id)}`,
    );
  }

  /** Whether a version may go where evaluations are required. */
  gate(model: string, version: string): Promise<EvaluationGateState> {
    return this.#transport.request('GET', `${pathOf(model, version)}/gate`);
  }
}

function pathOf(model: string, version: string): string {
  return `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
    version,
  )}/evaluations`;
}
