import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server as NetServer } from 'node:net';
import {
  certificateUris,
  createSocketServer,
  peerCertificate,
  type TlsFiles,
} from '../../http/TlsFiles';
import { STATUS } from './status';
import { type CallLimits, type Peer, UnaryCall } from './UnaryCall';

/** What a method does with a call and its message. */
export type UnaryMethod = (call: UnaryCall, message: Buffer) => void;

/** Of one connection at a time; callers let others wait. */
const CALLS_PER_CONNECTION = 1_000;
/** What a caller may send of a message before it has to wait for us. */
const WINDOW_BYTES = 1024 * 1024;
/** Of a connection, for heads and for messages on their way; those are counted for all together as well. */
const SESSION_MIB = 512;
const KEEP_ALIVE_MS = 60_000;
/** For a round trip to any caller. */
const PING_MS = 1_000;

/**
 * A server of methods that take one message and give one, straight on the
 * HTTP/2 of Node: a library for all of gRPC takes half as much time again for each call.
 */
export class UnaryServer {
  /** To be bound. */
  readonly listener: NetServer;
  readonly #methods: ReadonlyMap<string, UnaryMethod>;
  readonly #limits: CallLimits;
  readonly #sessions = new Map<ServerHttp2Session, Peer>();
  readonly #http2: Http2Server;

  constructor(options: {
    /** By path, as `/package.Service/Method`. */
    methods: ReadonlyMap<string, UnaryMethod>;
    limits: CallLimits;
    tls?: TlsFiles;
  }) {
    const { tls } = options;
    this.#methods = options.methods;
    this.#limits = options.limits;
    this.#http2 = createServer({
      maxSessionMemory: SESSION_MIB,
      settings: {
        maxConcurrentStreams: CALLS_PER_CONNECTION,
        initialWindowSize: WINDOW_BYTES,
      },
    });
    this.#http2.on('session', session => this.#add(session, tls));
    this.#http2.on('stream', (stream, headers) => this.#call(stream, headers));
    this.listener = createSocketServer(tls, socket => {
      socket.setNoDelay();
      // Finds out about callers that are gone without a word.
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      this.#http2.emit('connection', socket);
    });
  }

  /** Stops accepting, lets calls under way finish, then cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise(resolve => this.listener.close(resolve));
    for (const session of this.#sessions.keys()) leave(session);
    const timer = setTimeout(() => {
      for (const session of this.#sessions.keys()) session.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  #add(session: ServerHttp2Session, tls: TlsFiles | undefined): void {
    const { socket } = session;
    session.setLocalWindowSize(WINDOW_BYTES);
    this.#sessions.set(session, {
      address: socket.remoteAddress ?? '',
      certificate: tls && peerCertificate(socket),
      certificateUris: tls ? certificateUris(socket) : [],
    });
    // What is wrong with a connection is told to its calls.
    session.on('error', () => {});
    session.once('close', () => this.#sessions.delete(session));
    // Who connects and says nothing does not speak HTTP/2.
    const silent = setTimeout(() => session.destroy(), this.#limits.callerMs);
    session.once('remoteSettings', () => clearTimeout(silent));
    session.once('close', () => clearTimeout(silent));
    if (!this.listener.listening) leave(session);
  }

  #call(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { session } = stream;
    const peer = session && this.#sessions.get(session as ServerHttp2Session);
    const refused = refusal(headers);
    if (refused || !peer) {
      stream.on('error', () => {});
      if (peer) stream.respond({ ':status': refused }, { endStream: true });
      return;
    }
    const limits = this.#limits;
    const call = new UnaryCall({ stream, headers, peer, limits });
    const path = String(headers[':path']);
    const method = this.#methods.get(path) ?? unknownMethod(path);
    call.receive(message => method(call, message));
  }
}

function unknownMethod(path: string): UnaryMethod {
  const details = `there is no method ${path.slice(0, 200)}`;
  return call => call.fail(STATUS.UNIMPLEMENTED, details);
}

/** The status of HTTP for what is not gRPC at all. */
function refusal(headers: IncomingHttpHeaders): number | undefined {
  if (headers[':method'] !== 'POST') return 405;
  const type = headers['content-type'] ?? '';
  return type.startsWith('application/grpc') ? undefined : 415;
}

/**
 * Has a caller go elsewhere with its next call. As RFC 9113 (6.8) wants it, calls
 * that are on their way still count: the last one is named after a round trip.
 */
function leave(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  session.goaway(0, 2 ** 31 - 1);
  const close = () => {
    if (!session.destroyed) session.close();
  };
  // Who does not answer that has no call on its way, or is gone.
  const silent = setTimeout(close, PING_MS);
  session.once('close', () => clearTimeout(silent));
  if (!session.ping(close)) close();
}
