import type { Environment } from '@ml-platform/plugin-ml-common';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { GatewayError } from '../GatewayError';
import type { CallNotes } from './CallNotes';

/** One inference request, as a transport hands it over. */
export interface IncomingCall {
  readonly transport: 'rest' | 'grpc';
  readonly environment: Environment;
  readonly model: string;
  /** `1.4.0` or `1`, as the caller wrote it; undefined for the live split. */
  readonly pin: string | undefined;
  readonly requestId: string;
  /** HTTP headers or gRPC metadata; names are in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Address of the peer; empty when it is gone. */
  readonly remoteAddress: string;
  /** URI names of the client certificate that TLS has verified. */
  readonly certificateUris?: readonly string[];
  /** The client certificate as it came (DER). */
  readonly certificate?: Buffer;
  readonly body: CallBody;
  readonly reply: Reply;
}

/** One inference request on its way, whichever transport brought it. */
export interface InferenceCall extends IncomingCall {
  readonly notes: CallNotes;
}

/** What the caller sent, in the encoding that workers read. */
export interface CallBody {
  /** Size as announced; infinite when it is not known beforehand. */
  readonly declaredBytes: number;
  /** How much of it came so far. */
  readonly receivedBytes: number;
  /** Headers that tell a worker how the body is encoded. */
  readonly headers: Record<string, string>;
  /** Throws a {@link GatewayError} when the body cannot be taken, whatever is in it. */
  check(): void;
  /** The whole body; may be asked for again. Rejects with a {@link GatewayError} when it is too large. */
  read(): Promise<Buffer>;
  /** Nobody needs it any more. */
  release?(): void;
  /** The body as it comes; instead of {@link CallBody.read}, and once. */
  stream(): Readable;
}

/** The way back to the caller. */
export interface Reply {
  /** Something was sent, so that another answer is no longer possible. */
  readonly started: boolean;
  /** The caller has gone away, so that nobody waits for the answer. */
  readonly gone: boolean;
  /** Calls back once, at once when it is so already, when the caller goes away before the answer is out. */
  onGone(listener: () => void): void;
  /** A header of the answer, whatever the answer will be. */
  setHeader(name: string, value: string | number): void;
  /** Begins the answer of a worker. */
  begin(status: number, headers: Record<string, string | number>): void;
  /** Sends a piece; false when it is better to wait for {@link Reply.onDrain}. */
  write(chunk: Buffer): boolean;
  onDrain(listener: () => void): void;
  end(chunk?: Buffer): void;
  /** Breaks off an answer under way, so that half of it is not taken for the whole. */
  breakOff(): void;
  /** Answers with an error of the gateway. Resolves with the size of the answer. */
  refuse(error: GatewayError): Promise<number>;
}
