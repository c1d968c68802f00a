import {
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { join } from 'node:path';

// eslint-disable-next-line no-restricted-syntax
const PROTO_FOLDER = join(__dirname, '../../proto');
const root = new protobuf.Root();
root.resolvePath = (_, name) => join(PROTO_FOLDER, name);
root.loadSync(['open_inference.proto', 'health.proto']);
root.resolveAll();

/** How a call ended. */
export interface GrpcAnswer {
  code: string;
  details: string;
  body: any;
  /** Of the headers. */
  metadata: Record<string, string>;
}

/** Calls a server by the `.proto` files that callers get; integers of 64 bits are strings. */
export class GrpcClient {
  readonly #client: Client;

  constructor(
    address: string,
    channel: ChannelCredentials = credentials.createInsecure(),
  ) {
    this.#client = new Client(address, channel, {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    });
  }

  /** `cancel` is called back with what cancels the call. */
  async call(
    method: string,
    request: object,
    options: {
      service?: string;
      metadata?: Record<string, string>;
      timeoutMs?: number;
      cancel?: (now: () => void) => void;
    } = {},
  ): Promise<GrpcAnswer> {
    const { service = 'inference.GRPCInferenceService', timeoutMs } = options;
    const { requestType, responseType } =
      root.lookupService(service).methods[method];
    const scope = service.slice(0, service.lastIndexOf('.'));
    const from = root.lookupType(`${scope}.${requestType}`);
    const to = root.lookupType(`${scope}.${responseType}`);
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(options.metadata ?? {})) {
      metadata.set(name, value);
    }
    return new Promise(resolve => {
      let received: Record<string, string> = {};
      const end = (error: ServiceError | null, body?: object) =>
        resolve({
          code: status[error?.code ?? status.OK],
          details: error?.details ?? '',
          body,
          metadata: received,
        });
      const call = this.#client.makeUnaryRequest(
        `/${service}/${method}`,
        (value: object) =>
          from.encode(from.fromObject(value)).finish() as Buffer,
        bytes => to.toObject(to.decode(bytes), { longs: String, arrays: true }),
        request,
        metadata,
        { deadline: timeoutMs && Date.now() + timeoutMs },
        end,
      );
      call.on('metadata', values => {
        received = Object.fromEntries(
          Object.entries(values.getMap()).map(([k, v]) => [k, String(v)]),
        );
      });
      options.cancel?.(() => call.cancel());
    });
  }

  infer(
    request: object,
    options?: Parameters<GrpcClient['call']>[2],
  ): Promise<GrpcAnswer> {
    return this.call('ModelInfer', request, options);
  }

  close(): void {
    this.#client.close();
  }
}
