import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import { BodyTooLargeError } from '../http/readBody';
import {
  INFERENCE_TIMEOUT_MS,
  type WorkerProcess,
} from '../serving/WorkerProcess';
import { GatewayError, unavailable } from './GatewayError';

export interface ExchangeOptions {
  worker: WorkerProcess;
  request: IncomingMessage;
  response: ServerResponse;
  /** The body, when it was small enough to be read first; else it streams. */
  body: Buffer | undefined;
  version: string;
  maxBodyBytes: number;
}

/** How an exchange with a worker ended. */
export interface Outcome {
  status: number;
  requestBytes: number;
  responseBytes: number;
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #first: Buffer | undefined;
  #requestBytes: number;
  #responseBytes = 0;
  #callerGone = false;

  constructor(
    private readonly options: ExchangeOptions,
    private readonly resolve: (outcome: Outcome) => void,
    private readonly reject: (error: GatewayError) => void,
  ) {
    const { body, response } = options;
    this.#requestBytes = body?.length ?? 0;
    response.once('close', () => {
      if (response.writableEnded) return;
      this.#callerGone = true;
      this.#abort(new Error('the caller went away'));
    });
  }

  /**
   * The request's body, measured on its way. A stream between, because undici
   * destroys what it reads from when a worker dies, and to destroy a request is
   * to hang up on the caller.
   */
  bodyStream(): Transform {
    const { request, maxBodyBytes } = this.options;
    let size = 0;
    const measured = new Transform({
      transform: (chunk: Buffer, _, done) => {
        size += chunk.length;
        this.#requestBytes = size;
        if (size <= maxBodyBytes) done(null, chunk);
        else done(new BodyTooLargeError(maxBodyBytes));
      },
    });
    // Its errors arrive through onResponseError.
    measured.on('error', () => {});
    return request.pipe(measured);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#callerGone) this.#abort(new Error('the caller went away'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(
    controller: Dispatcher.DispatchController,
    chunk: Buffer,
  ): void {
    this.#responseBytes += chunk.length;
    const { response } = this.options;
    if (!this.#first && !response.headersSent) {
      this.#first = chunk;
      return;
    }
    if (this.#first) {
      response.writeHead(this.#status, { 'content-type': 'application/json' });
      response.write(this.#first);
      this.#first = undefined;
    }
    if (!response.write(chunk)) {
      controller.pause();
      response.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(): void {
    const { response } = this.options;
    if (!response.headersSent) {
      response.writeHead(this.#status, {
        'content-type': 'application/json',
        'content-length': this.#responseBytes,
      });
    }
    response.end(this.#first);
    this.resolve(this.#outcome(this.#status));
  }

  onResponseError(
    _: Dispatcher.DispatchController | undefined,
    error: Error,
  ): void {
    const { response } = this.options;
    if (this.#callerGone) {
      this.resolve(this.#outcome(499));
      return;
    }
    if (response.headersSent) {
      // Half an answer must not look like a whole one.
      response.destroy();
      this.resolve(this.#outcome(503));
      return;
    }
    this.reject(explain(error, this.options.version));
  }

  #abort(reason: Error): void {
    this.#controller?.abort(reason);
  }

  #outcome(status: number): Outcome {
    return {
      status,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
    };
  }
}

function explain(error: Error, version: string): GatewayError {
  if (error instanceof BodyTooLargeError) {
    return new GatewayError({
      status: 413,
      failure: 'too-large',
      message: `${error.message}; send fewer rows at a time`,
    });
  }
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
 * Passes one request to a worker and its answer back, without a look inside.
 * Small answers go out in one write; large ones as they come, no faster than
 * the caller reads.
 *
 * Rejects with a {@link GatewayError} when there is no answer and nothing was
 * sent to the caller yet.
 */
export function exchange(options: ExchangeOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { worker, request } = options;
    const handler = new ExchangeHandler(options, resolve, reject);
    const length = request.headers['content-length'];
    worker.pool.dispatch(
      {
        method: 'POST',
        path: '/',
        body: options.body ?? handler.bodyStream(),
        headers:
          options.body || length === undefined
            ? undefined
            : { 'content-length': length },
      },
      handler,
    );
  });
}
