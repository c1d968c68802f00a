import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import { ToolError } from '@ml-platform/packaging';
import type { EncodedRow } from '@ml-platform/datasets';
import type {
  InferenceEndpoint,
  OutputTensor,
  ServedInterface,
} from './InferenceEndpoint';
import type { Pace } from './Pace';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** A row with the model's answer, or the reason why it has none. */
export type PredictedRow =
  | { row: EncodedRow; outputs: unknown[][] }
  | { row: { number: number; position: number }; reason: string };

export interface RowPredictorOptions {
  endpoint: InferenceEndpoint;
  served: ServedInterface;
  isBatched: boolean;
  pace: Pace;
  /** Milliseconds without any answer after which the run gives up. */
  patience: number;
  /** Told why nothing moves on. */
  onBusy(reason: string): void;
}

/** Gets the answers for rows: waits where the server is busy, and finds the row that it refuses. */
export class RowPredictor {
  requests = 0;
  retries = 0;
  readonly #options: RowPredictorOptions;
  #lastAnswer = performance.now();
  #busySince?: number;
  #isStopped = false;

  constructor(options: RowPredictorOptions) {
    this.#options = options;
  }

  /** Lets no further request out. */
  stop(): void {
    this.#isStopped = true;
  }

  /** In the order of the rows; these all have the same shapes. */
  async predict(rows: readonly EncodedRow[]): Promise<PredictedRow[]> {
    const { endpoint, pace, served, isBatched } = this.#options;
    const body = requestFor(served.inputs, rows, isBatched);
    for (;;) {
      await pace.beforeSend(rows.length);
      if (this.#isStopped) throw new Error('the run was stopped');
      const start = performance.now();
      this.requests += 1;
      const answer = await endpoint.infer(served.version, body);
      if (answer.outcome === 'busy') {
        this.#wait(answer, rows);
        continue;
      }
      this.#lastAnswer = performance.now();
      this.#busySince = undefined;
      if (answer.outcome === 'answered') {
        pace.answered(performance.now() - start, rows.length);
        return split(answer.outputs, served, rows);
      }
      if (answer.outcome === 'tooLarge') pace.tooLarge(rows.length);
      return this.#bisect(rows, answer.reason);
    }
  }

  async #bisect(rows: readonly EncodedRow[], reason: string) {
    if (rows.length === 1) return [{ row: rows[0], reason }];
    const half = Math.ceil(rows.length / 2);
    return [
      ...(await this.predict(rows.slice(0, half))),
      ...(await this.predict(rows.slice(half))),
    ];
  }

  #wait(
    answer: { reason: string; retryAfter?: number },
    rows: readonly EncodedRow[],
  ) {
    const { pace, patience, onBusy } = this.#options;
    this.retries += 1;
    if (performance.now() - this.#lastAnswer > patience) {
      throw new ToolError({
        code: 'SERVER_BUSY',
        message: `No answer for ${Math.round(patience / 1000)} s: ${
          answer.reason
        }; last asked for the rows ${rows[0].number} to ${rows.at(-1)!.number}`,
        hint: 'Run the same command again: it goes on where this run stopped.',
      });
    }
    onBusy(answer.reason);
    this.#busySince ??= performance.now();
    // Longer, the longer it lasts already.
    const pause = Math.max(
      FIRST_PAUSE,
      (performance.now() - this.#busySince) / 2,
    );
    pace.refused(answer.retryAfter ?? Math.min(pause, LONGEST_PAUSE));
  }
}

function requestFor(
  inputs: readonly TensorSpec[],
  rows: readonly EncodedRow[],
  isBatched: boolean,
): string {
  const tensors = inputs.map(({ name, datatype }, index) => {
    const { shape } = rows[0].inputs[index];
    const sizes = isBatched ? [rows.length, ...shape] : shape;
    const data = rows.map(row => row.inputs[index].elements).join(',');
    return `{"name":${JSON.stringify(
      name,
    )},"datatype":"${datatype}","shape":[${sizes}],"data":[${data}]}`;
  });
  return `{"inputs":[${tensors.join(',')}]}`;
}

/** Deals the elements of each output out to the rows. */
function split(
  outputs: readonly OutputTensor[],
  { outputs: specs }: ServedInterface,
  rows: readonly EncodedRow[],
): PredictedRow[] {
  const tensors = specs.map(({ name }) => {
    const data = outputs.find(output => output.name === name)?.data;
    if (!data || data.length % rows.length) {
      throw new ToolError({
        code: 'ANSWER_UNUSABLE',
        message: `The output '${name}' has ${data?.length ?? 'no'} values for ${
          rows.length
        } rows`,
        hint: 'The model does not answer row by row; send its requests with `ml predict`.',
      });
    }
    return { data, each: data.length / rows.length };
  });
  return rows.map((row, at) => ({
    row,
    outputs: tensors.map(({ data, each }) =>
      data.slice(at * each, (at + 1) * each),
    ),
  }));
}
