import type { Environment } from '@ml-platform/plugin-ml-common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type CallerGate, OPEN_GATE } from '../callers/CallerGate';
import {
  certificateUris,
  peerCertificate,
  createWebServer,
  type TlsFiles,
} from '../http/TlsFiles';
import type { ServingPlane } from '../serving/ServingPlane';
import {
  describeModel,
  mainVersion,
  SERVER_METADATA,
  unreadyVersions,
} from './describe';
import { asGatewayError, GatewayError, notFound } from './GatewayError';
import { CALLER_MS, MEMORY_BYTES } from './limits';
import { parsePath, type Target } from './parsePath';
import type { InferencePipeline } from './pipeline/InferencePipeline';
import { requestIdFrom } from './requestId';
import { findModel, whyNotReady } from './resolve';
import { MemoryBudget } from '../http/MemoryBudget';
import { HttpBody } from './rest/HttpBody';
import { HttpReply } from './rest/HttpReply';
import { refuseMalformed } from './rest/refuseMalformed';
import { sendError, sendJson } from './send';

/** Longer than the 60 s of common load balancers, so that they close first. */
const KEEP_ALIVE_MS = 65_000;
/** How long a caller may take for the head of a request. */
const HEAD_MS = 15_000;

export interface GatewayOptions {
  environment: Environment;
  plane: ServingPlane;
  pipeline: InferencePipeline;
  maxBodyBytes: number;
  /** How long a caller may take to send a request, or make no progress with its answer; a minute when not given. */
  callerMs?: number;
  /** Shared by the listeners of a server. */
  memory?: MemoryBudget;
  /** What `/v2/health/ready` says; that the accepted state is restored when not given. */
  isReady?: () => boolean;
  /** Who may ask what a model is; everybody when not given. */
  gate?: CallerGate;
  tls?: TlsFiles;
}

/** One environment's listener for the Open Inference Protocol v2. */
export function createGatewayServer(options: GatewayOptions): Server {
  const { plane, environment, pipeline, maxBodyBytes } = options;
  const { isReady = () => plane.restored, gate = OPEN_GATE, tls } = options;
  const { callerMs = CALLER_MS, memory = new MemoryBudget(MEMORY_BYTES) } =
    options;
  // Node looks that often for callers who are late.
  const timeouts = {
    headersTimeout: Math.min(HEAD_MS, callerMs),
    requestTimeout: callerMs,
    connectionsCheckingInterval: Math.min(5_000, callerMs / 2),
  };
  const server = createWebServer(tls, timeouts, async (request, response) => {
    const requestId = requestIdFrom(request.headers);
    response.setHeader('x-request-id', requestId);
    // While it shuts down, a caller's next request goes to somebody else.
    if (!server.listening) response.setHeader('connection', 'close');
    const target = parsePath((request.url ?? '/').split('?', 1)[0]);
    try {
      checkMethod(request, response, target);
      if (target.operation === 'infer') {
        pipeline.handle({
          transport: 'rest',
          environment,
          model: target.model,
          pin: target.pin,
          requestId,
          headers: request.headers,
          remoteAddress: request.socket.remoteAddress ?? '',
          certificateUris: tls && certificateUris(request.socket),
          certificate: tls && peerCertificate(request.socket),
          body: new HttpBody(request, { maxBodyBytes, memory }),
          reply: new HttpReply(request, response, {
            memory,
            stallMs: callerMs,
          }),
        });
      } else {
        if (target.model) await checkCaller(request, target.model);
        answer(response, target);
      }
    } catch (error) {
      sendError(response, asGatewayError(error));
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  refuseMalformed(server);
  return server;

  async function checkCaller(
    { headers, socket }: IncomingMessage,
    model: string,
  ): Promise<void> {
    const consumer = await gate.identify({
      headers,
      certificateUris: tls ? certificateUris(socket) : [],
      certificate: tls && peerCertificate(socket),
    });
    gate.check(consumer, { environment, model });
  }

  function answer(response: ServerResponse, target: Target): void {
    switch (target.operation) {
      case 'server':
        sendJson(response, 200, SERVER_METADATA);
        break;
      case 'live':
        sendJson(response, 200, { live: true });
        break;
      case 'ready':
        sendJson(response, isReady() ? 200 : 503, { ready: isReady() });
        break;
      case 'modelReady':
        answerModelReady(response, target);
        break;
      default: {
        const model = findModel(plane, environment, target.model);
        response.setHeader('x-ml-version', mainVersion(model, target.pin));
        sendJson(response, 200, describeModel(model, target.pin));
      }
    }
  }

  function answerModelReady(response: ServerResponse, target: Target): void {
    const model = findModel(plane, environment, target.model);
    const unready = unreadyVersions(model, target.pin);
    const { model: name } = target;
    if (!unready.length) {
      sendJson(response, 200, { name, ready: true });
      return;
    }
    response.setHeader('retry-after', 1);
    sendJson(response, 503, {
      name,
      ready: false,
      error: unready.map(whyNotReady).join('; '),
    });
  }
}

function checkMethod(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target | undefined,
): asserts target is Target {
  if (!target) {
    throw notFound(
      'the Open Inference Protocol has no such path; see GET /v2, /v2/models/{model} and POST /v2/models/{model}/infer',
    );
  }
  const { method = '' } = request;
  // Of an answer to HEAD, Node sends no body.
  const allowed = target.operation === 'infer' ? ['POST'] : ['GET', 'HEAD'];
  if (allowed.includes(method)) return;
  response.setHeader('allow', allowed.join(', '));
  throw new GatewayError({
    status: 405,
    failure: 'method',
    message: `this path takes ${allowed[0]}, not ${method}`,
  });
}
