// Unary gRPC on a bare socket, for the same reason as HTTP: the frames of RFC 9113
// that one call at a time needs, with headers that are encoded once.
import { openSocket } from './openSocket.mjs';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const TYPE = {
  ...{ data: 0, headers: 1, reset: 3, settings: 4 },
  ...{ ping: 6, goAway: 7, windowUpdate: 8 },
};
const END_STREAM = 0x1;
const END_HEADERS = 0x4;
const ACK = 0x1;
const HEAD_BYTES = 9;
/** What servers may send before they have to be told to go on. */
const WINDOW = 2 ** 31 - 1;
const FIRST_WINDOW = 65_535;

/** A message with the five bytes that frame it. */
export function grpcRequest(message) {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/**
 * A connection that calls one method, one call at a time. A call is `ok` when a
 * message came before its end; a refusal has none. Headers are not decoded.
 */
export class GrpcConnection {
  #target;
  #headers;
  #socket;
  #stream = -1;
  #left = Buffer.alloc(0);
  #received = 0;
  #chunks = [];
  #finish;

  constructor({ port, method }) {
    this.#target = { host: '127.0.0.1', port };
    this.#headers = encodeHeaders(method, `127.0.0.1:${port}`);
  }

  send(request) {
    return new Promise(resolve => {
      this.#finish = resolve;
      if (!this.#socket) this.#open();
      this.#stream += 2;
      this.#chunks = [];
      this.#socket.write(
        Buffer.concat([
          frame(TYPE.headers, END_HEADERS, this.#stream, this.#headers),
          frame(TYPE.data, END_STREAM, this.#stream, request),
        ]),
      );
    });
  }

  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open() {
    const socket = openSocket(this.#target, {
      read: chunk => this.#read(chunk),
      lost: (lost, head) => {
        if (this.#socket !== lost) return;
        this.#socket = undefined;
        this.#end({ ok: false, head, body: Buffer.alloc(0) });
      },
    });
    this.#socket = socket;
    this.#stream = -1;
    this.#left = Buffer.alloc(0);
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(2); // SETTINGS_ENABLE_PUSH: 0
    settings.writeUInt16BE(4, 6); // SETTINGS_INITIAL_WINDOW_SIZE
    settings.writeUInt32BE(WINDOW, 8);
    socket.write(
      Buffer.concat([
        Buffer.from(PREFACE),
        frame(TYPE.settings, 0, 0, settings),
        grant(WINDOW - FIRST_WINDOW),
      ]),
    );
  }

  #read(chunk) {
    const all = this.#left.length ? Buffer.concat([this.#left, chunk]) : chunk;
    let at = 0;
    while (all.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + all.readUIntBE(at, 3);
      if (all.length < end) break;
      this.#take(
        all[at + 3],
        all[at + 4],
        all.readUInt32BE(at + 5),
        all.subarray(at + HEAD_BYTES, end),
      );
      at = end;
    }
    this.#left = all.subarray(at);
  }

  #take(type, flags, stream, payload) {
    switch (type) {
      case TYPE.data:
        this.#receive(stream, payload);
        break;
      case TYPE.settings:
        if (!(flags & ACK)) this.#socket.write(frame(TYPE.settings, ACK, 0));
        return;
      case TYPE.ping:
        if (!(flags & ACK)) {
          this.#socket.write(frame(TYPE.ping, ACK, 0, payload));
        }
        return;
      case TYPE.goAway:
        this.#socket.end();
        return;
      case TYPE.reset:
        if (stream === this.#stream) this.#fail('the call was reset');
        return;
      default:
    }
    const isHeadOrData = type === TYPE.headers || type === TYPE.data;
    if (isHeadOrData && stream === this.#stream && flags & END_STREAM) {
      const body = Buffer.concat(this.#chunks).subarray(5);
      if (body.length) this.#end({ ok: true, head: '', body });
      else this.#fail('the call was refused');
    }
  }

  #receive(stream, payload) {
    if (stream === this.#stream) this.#chunks.push(payload);
    this.#received += payload.length;
    if (this.#received < WINDOW / 2) return;
    this.#socket.write(grant(this.#received));
    this.#received = 0;
  }

  #fail(head) {
    this.#end({ ok: false, head, body: Buffer.alloc(0) });
  }

  #end(answer) {
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.(answer);
  }
}

function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function grant(bytes) {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(TYPE.windowUpdate, 0, 0, payload);
}

/** Literals without indexing, RFC 7541: the same for each call. */
function encodeHeaders(path, authority) {
  return Buffer.concat([
    Buffer.from([0x83, 0x86]), // :method POST, :scheme http
    ...[Buffer.from([0x04]), text(path)], // :path
    ...[Buffer.from([0x01]), text(authority)], // :authority
    ...[Buffer.from([0x00]), text('content-type'), text('application/grpc')],
    ...[Buffer.from([0x00]), text('te'), text('trailers')],
  ]);
}

function text(value) {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
}
