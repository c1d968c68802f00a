import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Server as NetServer } from 'node:net';
import { type CallerGate, OPEN_GATE } from '../../callers/CallerGate';
import { MemoryBudget } from '../../http/MemoryBudget';
import type { TlsFiles } from '../../http/TlsFiles';
import type { ServedModel } from '../../serving/ServedModel';
import type { ServingPlane } from '../../serving/ServingPlane';
import { describeModel, SERVER_METADATA, unreadyVersions } from '../describe';
import { notFound, refused } from '../GatewayError';
import { CALLER_MS, MEMORY_BYTES } from '../limits';
import type { InferencePipeline } from '../pipeline/InferencePipeline';
import { requestIdFrom } from '../requestId';
import { findModel } from '../resolve';
import { isTyped } from './encodeRequest';
import { GrpcBody } from './GrpcBody';
import { GrpcReply } from './GrpcReply';
import { type ModelInferRequest, type ModelName, PROTO } from './messages';
import type { UnaryCall } from './UnaryCall';
import { type UnaryMethod, UnaryServer } from './UnaryServer';

const SERVICE = 'inference.GRPCInferenceService';
const HEALTH = 'grpc.health.v1.Health';
/** Beside the tensors, a message has names, shapes and lengths. */
const ENVELOPE_BYTES = 64 * 1024;

export interface GrpcOptions {
  environment: Environment;
  plane: ServingPlane;
  pipeline: InferencePipeline;
  maxBodyBytes: number;
  /** How long a caller may take to send a message, or make no progress with its answer; a minute when not given. */
  callerMs?: number;
  /** Shared by the listeners of a server. */
  memory?: MemoryBudget;
  /** What ServerReady says; that the accepted state is restored when not given. */
  isReady?: () => boolean;
  /** Who may ask what a model is; everybody when not given. */
  gate?: CallerGate;
  tls?: TlsFiles;
}

/** One environment's listener for the Open Inference Protocol v2 over gRPC. */
export interface GrpcServer {
  /** To be bound. */
  listener: NetServer;
  /** Stops accepting, lets calls under way finish, then cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createGrpcServer(options: GrpcOptions): GrpcServer {
  const { plane, environment, pipeline, maxBodyBytes, tls } = options;
  const { isReady = () => plane.restored, gate = OPEN_GATE } = options;
  const { callerMs = CALLER_MS, memory = new MemoryBudget(MEMORY_BYTES) } =
    options;
  const methods = new Map([
    answering(SERVICE, 'ServerLive', () => ({ live: true })),
    answering(SERVICE, 'ServerReady', () => ({ ready: isReady() })),
    answering(SERVICE, 'ServerMetadata', () => SERVER_METADATA),
    aboutModel('ModelReady', (model, pin) => ({
      ready: !unreadyVersions(model, pin).length,
    })),
    aboutModel('ModelMetadata', describeModel),
    method(SERVICE, 'ModelInfer', infer),
    answering<{ service: string }>(HEALTH, 'Check', ({ service }) => {
      if (service === '' || service === SERVICE) {
        return { status: isReady() ? 1 : 2 };
      }
      throw notFound(`there is no service '${service.slice(0, 100)}'`);
    }),
  ]);
  return new UnaryServer({
    methods,
    limits: {
      maxMessageBytes: maxBodyBytes + ENVELOPE_BYTES,
      ...{ callerMs, memory },
    },
    tls,
  });

  /** A method that tells of a model to who may call it. */
  function aboutModel(
    name: string,
    tell: (model: ServedModel, pin: string | undefined) => object,
  ) {
    return answering<ModelName>(SERVICE, name, async (request, call) => {
      const { headers, peer } = call;
      const consumer = await gate.identify({ headers, ...peer });
      gate.check(consumer, { environment, model: request.name });
      const model = findModel(plane, environment, request.name);
      return tell(model, request.version || undefined);
    });
  }

  function infer({
    call,
    request,
    requestId,
  }: ReceivedCall<ModelInferRequest>): void {
    const { headers, peer } = call;
    pipeline.handle({
      transport: 'grpc',
      environment,
      model: request.modelName,
      pin: request.modelVersion || undefined,
      requestId,
      headers,
      remoteAddress: peer.address,
      certificate: peer.certificate,
      certificateUris: peer.certificateUris,
      body: new GrpcBody(request),
      reply: new GrpcReply(call, { typed: isTyped(request) }),
    });
  }
}

interface ReceivedCall<Request> {
  call: UnaryCall;
  request: Request;
  requestId: string;
  /** Ends it with an answer. */
  respond(answer: object): void;
}

/** A method by its path; what `handle` throws is the answer. */
function method<Request>(
  service: string,
  name: string,
  handle: (received: ReceivedCall<Request>) => void | Promise<void>,
): [path: string, method: UnaryMethod] {
  const { path, read, write } = lookUp<Request>(service, name);
  return [
    path,
    async (call, message) => {
      const requestId = requestIdFrom(call.headers);
      call.setMetadata('x-request-id', requestId);
      try {
        await handle({
          ...{ call, requestId, request: read(message) },
          respond: answer => call.respond(write(answer)),
        });
      } catch (error) {
        call.failWith(error);
      }
    },
  ];
}

/** A method that answers from memory. */
function answering<Request>(
  service: string,
  name: string,
  answer: (request: Request, call: UnaryCall) => object | Promise<object>,
) {
  return method<Request>(service, name, async ({ call, request, respond }) =>
    respond(await answer(request, call)),
  );
}

/** A method of a service in `proto/`. */
function lookUp<Request>(service: string, name: string) {
  const found = PROTO.lookupService(service).methods[name];
  const request = PROTO.lookupType(found.resolvedRequestType!.fullName);
  const response = PROTO.lookupType(found.resolvedResponseType!.fullName);
  return {
    path: `/${service}/${name}`,
    read: (message: Buffer): Request => {
      try {
        return request.decode(message) as unknown as Request;
      } catch (error) {
        throw refused(
          `the message is not a ${request.name}: ${(error as Error).message}`,
        );
      }
    },
    write: (answer: object): Uint8Array => response.encode(answer).finish(),
  };
}
