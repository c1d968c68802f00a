import type { Dispatcher } from 'undici';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import { INFERENCE_TIMEOUT_MS } from '../../serving/WorkerProcess';
import { GatewayError, unavailable } from '../GatewayError';
import type { InferenceCall } from './InferenceCall';
import type { Exchanger, Lease, Outcome } from './steps';

/**
 * Bodies up to this size are read before a worker is bothered: a slow caller
 * then holds no connection to it, and a whole body goes out in one write.
 */
export const READ_FIRST_BYTES = 64 * 1024;
/** Headers of a worker's answer that say how it is encoded. */
const ENCODING_HEADERS = ['content-type', HEADER_LENGTH];

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string | number> = {};
  #first: Buffer | undefined;
  #responseBytes = 0;
  #callerGone = false;

  constructor(
    private readonly options: {
      call: InferenceCall;
      version: string;
      resolve: (outcome: Outcome) => void;
      reject: (error: GatewayError) => void;
    },
  ) {
    options.call.reply.onGone(() => {
      this.#callerGone = true;
      this.#abort(new Error('the caller went away'));
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#callerGone) this.#abort(new Error('the caller went away'));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    for (const name of ENCODING_HEADERS) {
      const value = headers[name];
      if (typeof value === 'string') this.#headers[name] = value;
    }
  }

  onResponseData(
    controller: Dispatcher.DispatchController,
    chunk: Buffer,
  ): void {
    this.#responseBytes += chunk.length;
    const { reply } = this.options.call;
    if (!this.#first && !reply.started) {
      this.#first = chunk;
      return;
    }
    if (this.#first) {
      reply.begin(this.#status, this.#headers);
      reply.write(this.#first);
      this.#first = undefined;
    }
    if (!reply.write(chunk)) {
      controller.pause();
      reply.onDrain(() => controller.resume());
    }
  }

  onResponseEnd(): void {
    const { reply } = this.options.call;
    if (!reply.started) {
      reply.begin(this.#status, {
        ...this.#headers,
        'content-length': this.#responseBytes,
      });
    }
    reply.end(this.#first);
    this.options.resolve(this.#outcome(this.#status));
  }

  onResponseError(
    _: Dispatcher.DispatchController | undefined,
    error: Error,
  ): void {
    const { call, version, resolve, reject } = this.options;
    if (this.#callerGone) {
      resolve(this.#outcome(499));
      return;
    }
    if (call.reply.started) {
      call.reply.breakOff();
      resolve(this.#outcome(503));
      return;
    }
    reject(explain(error, version));
  }

  #abort(reason: Error): void {
    this.#controller?.abort(reason);
  }

  #outcome(status: number): Outcome {
    return {
      status,
      requestBytes: this.options.call.body.receivedBytes,
      responseBytes: this.#responseBytes,
    };
  }
}

function explain(error: Error, version: string): GatewayError {
  // The body's own complaint: it is too large.
  if (error instanceof GatewayError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new GatewayError({
      status: 504,
      failure: 'timeout',
      message: `version ${version} did not answer within ${
        INFERENCE_TIMEOUT_MS / 1000
      } s; send fewer rows at a time`,
    });
  }
  return unavailable(
    'worker-died',
    `the worker of version ${version} ended while it worked on this request; it is being started again, so send the request again`,
  );
}

/**
 * Passes requests to a worker and its answers back, without a look inside.
 * Small answers go out in one write; large ones as they come, no faster than
 * the caller reads.
 */
export class WorkerExchange implements Exchanger {
  /** Rejects with a {@link GatewayError} when there is no answer and nothing was sent to the caller yet. */
  async exchange(call: InferenceCall, lease: Lease): Promise<Outcome> {
    const { body } = call;
    const whole =
      body.declaredBytes <= READ_FIRST_BYTES ? await body.read() : undefined;
    const { pool } = lease.worker();
    return new Promise((resolve, reject) => {
      const { version } = lease.runner.spec;
      const handler = new ExchangeHandler({ call, version, resolve, reject });
      const headers: Record<string, string> = { ...body.headers };
      if (!whole && Number.isFinite(body.declaredBytes)) {
        headers['content-length'] = String(body.declaredBytes);
      }
      pool.dispatch(
        { method: 'POST', path: '/', body: whole ?? body.stream(), headers },
        handler,
      );
    });
  }
}
