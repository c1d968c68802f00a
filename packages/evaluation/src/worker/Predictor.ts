import { setTimeout as sleep } from 'node:timers/promises';
import { type EncodedRow, parseExactJson } from '@ml-platform/datasets';
import { ToolError } from '@ml-platform/packaging';
import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import type { RunningModel } from './startWorker';

const TIMEOUT = 120_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const BUSY = [429, 503];
const ATTEMPTS = 20;

const answerSchema = z.looseObject({
  outputs: z.array(
    z.looseObject({ name: z.string(), data: z.array(z.unknown()) }),
  ),
});

/** Values of each output, for some rows, one row after the other. */
export type Answers = ReadonlyMap<string, readonly unknown[]>;

/** One answer of the model. */
export interface Answered {
  answers: Answers;
  /** Of the request, as its caller sees it. */
  milliseconds: number;
  /** Of the answer. */
  bytes: number;
}

/** Asks a running model as any caller would. */
export class Predictor {
  readonly #model: RunningModel;
  readonly #interface: ModelInterface;
  readonly #signal?: AbortSignal;

  constructor(options: {
    model: RunningModel;
    interface: ModelInterface;
    signal?: AbortSignal;
  }) {
    this.#model = options.model;
    this.#interface = options.interface;
    this.#signal = options.signal;
  }

  /** Predicts for rows of the same shapes. */
  predict(rows: readonly EncodedRow[], isBatched: boolean): Promise<Answered> {
    const inputs = this.#interface.inputs.map(({ datatype, name }, index) => {
      const { shape } = rows[0].inputs[index];
      const data = rows.map(row => row.inputs[index].elements).join(',');
      const full = isBatched ? [rows.length, ...shape] : shape;
      return `{"name":${JSON.stringify(
        name,
      )},"datatype":"${datatype}","shape":[${full}],"data":[${data}]}`;
    });
    return this.ask(`{"inputs":[${inputs.join(',')}]}`);
  }

  /** Sends a request of the inference protocol as it stands. */
  async ask(body: string): Promise<Answered> {
    const { model, url } = this.#model;
    for (let attempt = 1; ; attempt += 1) {
      const start = performance.now();
      const response = await fetch(
        `${url}/v2/models/${encodeURIComponent(model)}/infer`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          signal: this.#timeout(),
        },
      );
      const text = await textOf(response);
      const milliseconds = performance.now() - start;
      if (response.status === 200) {
        return { answers: parse(text), milliseconds, bytes: text.length };
      }
      if (!BUSY.includes(response.status) || attempt === ATTEMPTS) {
        throw new ToolError({
          code: 'PREDICTION_FAILED',
          message: `The model answered ${response.status}: ${text.slice(
            0,
            500,
          )}`,
        });
      }
      await sleep(100 * attempt);
    }
  }

  #timeout(): AbortSignal {
    const timeout = AbortSignal.timeout(TIMEOUT);
    return this.#signal ? AbortSignal.any([timeout, this.#signal]) : timeout;
  }
}

function parse(text: string): Answers {
  const { outputs } = answerSchema.parse(parseExactJson(text));
  return new Map(
    outputs.map(({ data, name }) => [name, data.flat(Infinity) as unknown[]]),
  );
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new ToolError({
        code: 'PREDICTION_FAILED',
        message: `The model's answer has more than ${MAX_ANSWER_BYTES} bytes`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
