import {
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import type { Environment } from '@ml-platform/plugin-ml-common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { type CallerGate, OPEN_GATE } from '../../callers/CallerGate';
import { createSocketServer, type TlsFiles } from '../../http/TlsFiles';
import type { ServingPlane } from '../../serving/ServingPlane';
import { describeModel, SERVER_METADATA, unreadyVersions } from '../describe';
import { GatewayError } from '../GatewayError';
import type { InferencePipeline } from '../pipeline/InferencePipeline';
import { requestIdFrom } from '../requestId';
import { findModel } from '../resolve';
import { isTyped } from './encodeRequest';
import { GrpcBody } from './GrpcBody';
import { GrpcReply } from './GrpcReply';
import {
  type ModelInferRequest,
  type ModelInferResponse,
  type ModelName,
} from './messages';
import { PeerCertificates } from './PeerCertificates';
import { serviceDefinition } from './serviceDefinition';
import { toGrpcStatus } from './status';

const SERVICE = 'inference.GRPCInferenceService';
/** Beside the tensors, a message has names, shapes and lengths. */
const ENVELOPE_BYTES = 64 * 1024;

export interface GrpcOptions {
  environment: Environment;
  plane: ServingPlane;
  pipeline: InferencePipeline;
  maxBodyBytes: number;
  /** What ServerReady says; that the accepted state is restored when not given. */
  isReady?: () => boolean;
  /** Who may ask what a model is; everybody when not given. */
  gate?: CallerGate;
  tls?: TlsFiles;
}

/** One environment's listener for the Open Inference Protocol v2 over gRPC. */
export interface GrpcServer {
  /** To be bound; it hands its connections to gRPC. */
  listener: NetServer;
  /** Stops accepting, lets calls under way finish, then cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createGrpcServer(options: GrpcOptions): GrpcServer {
  const { plane, environment, pipeline, maxBodyBytes } = options;
  const { isReady = () => plane.restored, gate = OPEN_GATE, tls } = options;
  const certificates = new PeerCertificates();
  const server = new Server({
    'grpc.max_receive_message_length': maxBodyBytes + ENVELOPE_BYTES,
    'grpc.max_send_message_length': -1,
    // Only of use with a debugger, and it costs time on each call.
    'grpc.enable_channelz': 0,
  });
  server.addService(serviceDefinition(SERVICE), {
    ServerLive: answer(() => ({ live: true })),
    ServerReady: answer(() => ({ ready: isReady() })),
    ServerMetadata: answer(() => SERVER_METADATA),
    ModelReady: answer(async ({ name, version }: ModelName, call) => {
      await checkCaller(call, name);
      const model = findModel(plane, environment, name);
      return { ready: !unreadyVersions(model, version || undefined).length };
    }),
    ModelMetadata: answer(async ({ name, version }: ModelName, call) => {
      await checkCaller(call, name);
      const model = findModel(plane, environment, name);
      return describeModel(model, version || undefined);
    }),
    ModelInfer: infer,
  });
  server.addService(serviceDefinition('grpc.health.v1.Health'), {
    Check: answer(({ service }: { service: string }) => {
      if (service === '' || service === SERVICE) {
        return { status: isReady() ? 1 : 2 };
      }
      throw new GatewayError({
        status: 404,
        failure: 'not-found',
        message: `there is no service '${service.slice(0, 100)}'`,
      });
    }),
  });
  const injector = server.createConnectionInjector(
    ServerCredentials.createInsecure(),
  );
  const listener = createSocketServer(tls, socket => {
    if (tls) certificates.add(socket);
    injector.injectConnection(socket);
  });
  return {
    listener,
    close: async graceMs => {
      const closed = new Promise(resolve => listener.close(resolve));
      injector.drain(graceMs);
      await closed;
      injector.destroy();
    },
  };

  async function checkCaller(
    call: ServerUnaryCall<unknown, unknown>,
    model: string,
  ): Promise<void> {
    const consumer = await gate.identify({
      headers: toHeaders(call.metadata),
      ...certificates.of(call.getPeer()),
    });
    gate.check(consumer, { environment, model });
  }

  function infer(
    call: ServerUnaryCall<ModelInferRequest, ModelInferResponse>,
    callback: sendUnaryData<ModelInferResponse>,
  ): void {
    const { request } = call;
    const headers = toHeaders(call.metadata);
    const requestId = requestIdFrom(headers);
    const reply = new GrpcReply({
      call,
      answer: callback,
      typed: isTyped(request),
    });
    reply.setHeader('x-request-id', requestId);
    pipeline.handle({
      transport: 'grpc',
      environment,
      model: request.modelName,
      pin: request.modelVersion || undefined,
      requestId,
      headers,
      remoteAddress: addressOf(call.getPeer()),
      ...certificates.of(call.getPeer()),
      body: new GrpcBody(request),
      reply,
    });
  }
}

/** A method that answers from memory. */
function answer<Request>(
  respond: (
    request: Request,
    call: ServerUnaryCall<Request, object>,
  ) => object | Promise<object>,
) {
  return async (
    call: ServerUnaryCall<Request, object>,
    callback: sendUnaryData<object>,
  ) => {
    const metadata = new Metadata();
    metadata.set('x-request-id', requestIdFrom(toHeaders(call.metadata)));
    call.sendMetadata(metadata);
    try {
      callback(null, await respond(call.request, call));
    } catch (error) {
      const { message: details } = error as Error;
      const code =
        error instanceof GatewayError
          ? toGrpcStatus(error.status)
          : status.INTERNAL;
      callback({ code, details });
    }
  };
}

function toHeaders(metadata: Metadata): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(metadata.getMap())) {
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}

/** `127.0.0.1` of `127.0.0.1:5000`. */
function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
