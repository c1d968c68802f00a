import { hasPersonalData } from '@ml-platform/plugin-ml-common';
import type { Dispatcher } from 'undici';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import { InferenceError } from '../../protocol/InferenceError';
import { SHAPES_HEADER, TIMING_HEADER } from '../../telemetry/workerReport';
import { GatewayError, refused, unavailable } from '../GatewayError';
import { BinaryReply } from './BinaryReply';
import type { InferenceCall } from './InferenceCall';
import type { Exchanger, Lease, Outcome } from './steps';

/** Headers of a worker's answer that say how it is encoded. */
const ENCODING_HEADERS = ['content-type', HEADER_LENGTH];

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string | number> = {};
  #first: Buffer | undefined;
  #responseBytes = 0;
  #callerGone = false;
  #withheld = false;

  constructor(
    private readonly options: {
      call: InferenceCall;
      lease: Lease;
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
    const { call, lease } = this.options;
    this.#withheld = status >= 400 && mayQuoteValues(lease);
    call.notes.workerTiming = textOf(headers[TIMING_HEADER]);
    call.notes.workerShapes = textOf(headers[SHAPES_HEADER]);
    for (const name of ENCODING_HEADERS) {
      const value = headers[name];
      if (typeof value === 'string') this.#headers[name] = value;
    }
  }

  onResponseData(
    controller: Dispatcher.DispatchController,
    chunk: Buffer,
  ): void {
    if (this.#withheld) return;
    this.#responseBytes += chunk.length;
    const { notes, reply } = this.options.call;
    notes.tap?.response.take(chunk);
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
    const { notes, reply } = this.options.call;
    notes.answered = performance.now();
    if (this.#withheld) {
      this.options.reject(withheld(this.#status));
      return;
    }
    if (notes.tap) notes.tap.response.headers = this.#headers;
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
    const { call, lease, resolve, reject } = this.options;
    if (this.#callerGone) {
      resolve(this.#outcome(499));
      return;
    }
    if (call.reply.started) {
      call.reply.breakOff();
      resolve(this.#outcome(503));
      return;
    }
    if (isTimeout(error)) lease.suspect();
    reject(explain(error, lease));
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

/** Foreign servers say in an error what they were sent; our own worker withholds that itself. */
function mayQuoteValues({ runner, worker }: Lease): boolean {
  return worker.isPlain && hasPersonalData(runner.spec);
}

function withheld(status: number): GatewayError {
  return new GatewayError({
    status,
    failure: 'model-failed',
    message:
      'the model refused the request or failed on it; why is withheld, because its interface has personal data',
  });
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function isTimeout(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
}

function explain(error: Error, { runner }: Lease): GatewayError {
  const { version } = runner.spec;
  if (isTimeout(error)) {
    return new GatewayError({
      status: 504,
      failure: 'timeout',
      message: `version ${version} did not answer within ${
        runner.limits.timeoutMs / 1000
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
    const { body, notes } = call;
    const { inferPath, isPlain, pool } = lease.worker;
    const sent = await body.read();
    if (notes.tap) notes.tap.request.headers = body.headers;
    notes.tap?.request.take(sent);
    const whole = prepare(sent, body.headers, lease);
    const encoding = isPlain
      ? { 'content-type': 'application/json' }
      : body.headers;
    // A gRPC answer is read out of either encoding.
    const asked =
      isPlain && call.transport === 'rest'
        ? { ...call, reply: BinaryReply.for(call.reply, sent, body.headers) }
        : call;
    return new Promise((resolve, reject) => {
      const handler = new ExchangeHandler({
        call: asked,
        ...{ lease, resolve, reject },
      });
      notes.sent = performance.now();
      pool.dispatch(
        {
          method: 'POST',
          path: inferPath,
          body: whole,
          headers: { ...notes.workerHeaders, ...encoding },
        },
        handler,
      );
    });
  }
}

function prepare(
  body: Buffer,
  headers: Record<string, string>,
  { worker }: Lease,
): Buffer {
  try {
    return worker.prepare(body, headers);
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    throw refused(error.message, error.status);
  }
}
