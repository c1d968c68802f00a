// HTTP on a bare socket: it takes a fraction of the processor time that an
// HTTP library does, and a load generator shares the machine with what it measures.
import { openSocket } from './openSocket.mjs';

/** The bytes of a POST. */
export function httpRequest({ path, headers = {}, body }) {
  const lines = Object.entries({
    host: 'localhost',
    'content-length': Buffer.byteLength(body),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`),
    Buffer.from(body),
  ]);
}

/** One connection, which is opened anew when the server closed it between two requests. */
export class HttpConnection {
  #target;
  #socket;
  #chunks = [];
  #finish;

  /** `target`: as for `net.connect`, so a port or the path of a Unix socket. */
  constructor(target) {
    this.#target = target;
  }

  /** Sends one request; the answer is `{ ok, head, body }`, and not `ok` where none came. */
  send(request) {
    return new Promise(resolve => {
      this.#finish = resolve;
      if (!this.#socket) this.#open();
      this.#socket.write(request);
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
  }

  #read(chunk) {
    this.#chunks.push(chunk);
    const all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = all.toString('latin1', 0, end);
    const length = /content-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`no content-length in: ${head}`);
    if (all.length < end + 4 + Number(length)) return;
    if (/^connection: *close/im.test(head)) this.close();
    this.#end({
      ok: head.startsWith('HTTP/1.1 200'),
      head,
      body: all.subarray(end + 4),
    });
  }

  #end(answer) {
    this.#chunks = [];
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.(answer);
  }
}
