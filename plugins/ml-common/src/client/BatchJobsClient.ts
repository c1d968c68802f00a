import type { BatchJob, CreateBatchJobRequest } from '../serving/batchJob';
import { type MlTransport, toQuery } from './MlTransport';

/**
 * Predictions for whole files, made by the platform.
 * @public
 */
export class BatchJobsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Uploads the input; the job begins when it is whole. The signal ends the upload. */
  create(
    model: string,
    request: CreateBatchJobRequest,
    input: Blob,
    signal?: AbortSignal,
  ): Promise<BatchJob> {
    const { columns, keep, ...rest } = request;
    const query = toQuery({
      ...rest,
      columns: columns?.length ? JSON.stringify(columns) : undefined,
      keep: keep?.length ? JSON.stringify(keep) : undefined,
    });
    return this.#transport.request('POST', `${pathOf(model)}${query}`, {
      content: input,
      signal,
    });
  }

  /** Newest first. */
  list(model: string): Promise<{ items: BatchJob[] }> {
    return this.#transport.request('GET', pathOf(model));
  }

  get(id: string): Promise<BatchJob> {
    return this.#transport.request('GET', jobPath(id));
  }

  /** Ends one that is queued or running; its files go with it. */
  cancel(id: string): Promise<BatchJob> {
    return this.#transport.request('POST', `${jobPath(id)}/cancel`);
  }

  /** The predictions, or the rows that were rejected, with the reasons; for who asked only. */
  download(
    id: string,
    file: 'output' | 'rejected',
    signal?: AbortSignal,
  ): Promise<Response> {
    return this.#transport.fetch('GET', `${jobPath(id)}/${file}`, { signal });
  }
}

function pathOf(model: string): string {
  return `/models/${encodeURIComponent(model)}/batch-jobs`;
}

function jobPath(id: string): string {
  return `/batch-jobs/${encodeURIComponent(id)}`;
}
