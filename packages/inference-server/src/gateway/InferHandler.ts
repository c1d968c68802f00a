import type { Environment } from '@ml-platform/plugin-ml-common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardBody, readBody } from '../http/readBody';
import type { RequestLog } from '../log/RequestLog';
import type { ServingPlane } from '../serving/ServingPlane';
import type { VersionRunner } from '../serving/VersionRunner';
import { exchange, type Outcome } from './Exchange';
import { GatewayError, unavailable } from './GatewayError';
import type { Target } from './parsePath';
import { findModel, pickRunner, whyNotReady } from './resolve';
import { sendError } from './send';

/**
 * Bodies up to this size are read before a worker is bothered: a slow caller
 * then holds no connection to it, and a whole body goes out in one write.
 */
const READ_FIRST_BYTES = 64 * 1024;
/** More requests at a time than this wait for nothing good on a single worker. */
const MAX_IN_FLIGHT = 1000;

export interface InferHandlerOptions {
  environment: Environment;
  plane: ServingPlane;
  log: Pick<RequestLog, 'write'>;
  maxBodyBytes: number;
}

/** Answers inference requests: picks a version, passes on, counts and logs. */
export class InferHandler {
  readonly #options: InferHandlerOptions;

  constructor(options: InferHandlerOptions) {
    this.#options = options;
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    requestId: string,
  ): Promise<void> {
    const { environment, log } = this.#options;
    const start = performance.now();
    let runner: VersionRunner | undefined;
    let outcome: Outcome;
    let failure: string | undefined;
    try {
      runner = this.#pick(target);
      response.setHeader('x-ml-version', runner.spec.version);
      this.#tellDeprecation(response, target, runner);
      runner.begin();
      try {
        outcome = await this.#pass(request, response, runner);
      } finally {
        runner.end();
      }
    } catch (error) {
      ({ outcome, failure } = await refuse(request, response, error));
    }
    if (runner) {
      const latencyMs = performance.now() - start;
      this.#count(request, target, runner, { ...outcome, latencyMs });
    }
    log.write({
      requestId,
      environment,
      model: target.model.slice(0, 100),
      version: runner?.spec.version,
      ...outcome,
      latencyMs: Math.round((performance.now() - start) * 1000) / 1000,
      failure,
    });
  }

  #pick(target: Target): VersionRunner {
    const { plane, environment } = this.#options;
    const model = findModel(plane, environment, target.model);
    return pickRunner(model, target.pin);
  }

  /** Headers of RFC 9745 and RFC 8594, for callers of a deprecated version. */
  #tellDeprecation(
    response: ServerResponse,
    target: Target,
    runner: VersionRunner,
  ): void {
    const { plane, environment } = this.#options;
    const { routes } = findModel(plane, environment, target.model);
    const deprecation = routes?.deprecations?.[runner.spec.version];
    if (!deprecation) return;
    const since = Math.floor(Date.parse(deprecation.at) / 1000);
    response.setHeader('deprecation', `@${since}`);
    response.setHeader('sunset', new Date(deprecation.sunset).toUTCString());
  }

  #count(
    request: IncomingMessage,
    target: Target,
    runner: VersionRunner,
    { status, latencyMs }: { status: number; latencyMs: number },
  ): void {
    const { version } = runner.spec;
    runner.requests += 1;
    if (status >= 500) runner.errors += 1;
    if (status < 400) runner.latencies.add(latencyMs);
    // Who asks for one version exactly says nothing of how it compares.
    if (target.pin === version) return;
    const { plane, environment } = this.#options;
    plane.find(environment, target.model)?.rollout?.count({
      version,
      client: request.socket.remoteAddress ?? '',
      status,
      latencyMs,
    });
  }

  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
    runner: VersionRunner,
  ): Promise<Outcome> {
    const { maxBodyBytes } = this.#options;
    const length = this.#checkHeaders(request);
    if (!runner.worker) throw unavailable('not-ready', whyNotReady(runner));
    const body =
      length <= READ_FIRST_BYTES
        ? await readBody(request, READ_FIRST_BYTES)
        : undefined;
    // Looked up after the body came: the worker may be another one by now.
    const { worker } = runner;
    if (!worker) throw unavailable('not-ready', whyNotReady(runner));
    if (runner.inFlight > MAX_IN_FLIGHT) {
      throw unavailable(
        'overloaded',
        `version ${runner.spec.version} has ${MAX_IN_FLIGHT} requests waiting; send fewer at a time`,
      );
    }
    const { version } = runner.spec;
    return exchange({ worker, request, response, body, version, maxBodyBytes });
  }

  /** The declared length of the body; infinite when it is not known beforehand. */
  #checkHeaders({ headers }: IncomingMessage): number {
    const encoding = headers['content-encoding'];
    if (encoding && encoding !== 'identity') {
      throw new GatewayError({
        status: 415,
        failure: 'encoding',
        message: `content-encoding '${encoding.slice(
          0,
          100,
        )}' is not supported; send plain JSON`,
      });
    }
    if (headers['inference-header-content-length'] !== undefined) {
      throw new GatewayError({
        status: 400,
        failure: 'binary',
        message:
          'the binary tensor extension is not supported; send the tensors as JSON, without Inference-Header-Content-Length',
      });
    }
    if (headers['transfer-encoding'] !== undefined) return Infinity;
    const length = Number(headers['content-length'] ?? 0);
    const { maxBodyBytes } = this.#options;
    if (length > maxBodyBytes) {
      throw new GatewayError({
        status: 413,
        failure: 'too-large',
        message: `the body has ${length} bytes, the limit is ${maxBodyBytes}; send fewer rows at a time`,
      });
    }
    return length;
  }
}

async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): Promise<{ outcome: Outcome; failure: string }> {
  const requestBytes = Number(request.headers['content-length'] ?? 0);
  if (request.destroyed && !request.complete) {
    const outcome = { status: 499, requestBytes, responseBytes: 0 };
    return { outcome, failure: 'caller-gone' };
  }
  await discardBody(request, response);
  const known =
    error instanceof GatewayError
      ? error
      : new GatewayError({
          status: 500,
          failure: 'unexpected',
          message: `the gateway met an unexpected error: ${
            (error as Error).message
          }`,
        });
  const responseBytes = sendError(response, known);
  const outcome = { status: known.status, requestBytes, responseBytes };
  return { outcome, failure: known.failure };
}
