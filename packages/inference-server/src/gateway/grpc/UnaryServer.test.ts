import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { once } from 'node:events';
import {
  connect,
  type ClientHttp2Session,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { MemoryBudget } from '../../http/MemoryBudget';
import { frame } from './message';
import { STATUS } from './status';
import type { UnaryCall } from './UnaryCall';
import { UnaryServer } from './UnaryServer';

const ECHO = '/test.Test/Echo';
const HANG = '/test.Test/Hang';
const HEADERS = {
  ':method': 'POST',
  ':path': ECHO,
  'content-type': 'application/grpc',
};
const MEMORY = 3_000_000;

describe('a server of unary calls', () => {
  let server: UnaryServer;
  let memory: MemoryBudget;
  let port: number;
  let session: ClientHttp2Session;
  let hanging: UnaryCall[];
  let cancelled: number;

  async function start(callerMs: number) {
    memory = new MemoryBudget(MEMORY);
    hanging = [];
    cancelled = 0;
    server = new UnaryServer({
      methods: new Map([
        [
          ECHO,
          (call, message) => {
            call.setMetadata('x-bytes', String(message.length));
            call.respond(message);
          },
        ],
        [
          HANG,
          call => {
            hanging.push(call);
            call.onCancelled(() => {
              cancelled += 1;
            });
          },
        ],
      ]),
      limits: { maxMessageBytes: 1_000_000, callerMs, memory },
    });
    server.listener.listen(0, '127.0.0.1');
    await once(server.listener, 'listening');
    ({ port } = server.listener.address() as AddressInfo);
    session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
  }

  async function stop() {
    session.destroy();
    await server.close(0);
    // All of it was given back.
    expect(memory.take(MEMORY)).toBe(true);
  }

  beforeEach(() => start(60_000));

  afterEach(stop);

  /** Sends pieces and tells how the call ended. */
  async function send(
    headers: Record<string, string>,
    pieces: Buffer[],
    { end = true } = {},
  ) {
    const stream = session.request({ ...HEADERS, ...headers });
    let first: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', values => (first = values));
    stream.on('trailers', values => (trailers = values));
    stream.on('data', chunk => chunks.push(chunk));
    stream.on('error', () => {});
    for (const piece of pieces) {
      // So that each goes out on its own.
      await new Promise(resolve => stream.write(piece, resolve));
    }
    if (end) stream.end();
    if (!stream.closed) await once(stream, 'close');
    return {
      first,
      code: Number(trailers['grpc-status']),
      details: decodeURIComponent(String(trailers['grpc-message'] ?? '')),
      body: Buffer.concat(chunks),
    };
  }

  it('answers a message, in whatever pieces it comes', async () => {
    const framed = frame(Buffer.from('hello'));
    for (const pieces of [[framed], Array.from(framed, b => Buffer.of(b))]) {
      const answer = await send({}, pieces);
      expect(answer.body).toEqual(framed);
      expect(answer.code).toBe(STATUS.OK);
      expect(answer.first).toMatchObject({
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-accept-encoding': 'identity,deflate,gzip',
        'x-bytes': '5',
      });
    }
    expect((await send({}, [frame(Buffer.alloc(0))])).body).toHaveLength(5);
  });

  it('unpacks messages, to no more than a message may have', async () => {
    const pack = (bytes: Buffer, by: (all: Buffer) => Buffer) => {
      const framed = frame(by(bytes));
      framed[0] = 1;
      return [framed];
    };
    const text = Buffer.from('hello');
    const gzip = { 'grpc-encoding': 'gzip' };
    expect((await send(gzip, pack(text, gzipSync))).body).toEqual(frame(text));
    expect(
      (await send({ 'grpc-encoding': 'deflate' }, pack(text, deflateSync)))
        .body,
    ).toEqual(frame(text));
    // One that is not compressed may come among those that are.
    expect((await send(gzip, [frame(text)])).body).toEqual(frame(text));
    const bomb = await send(gzip, pack(Buffer.alloc(1_000_001), gzipSync));
    expect(bomb.code).toBe(STATUS.RESOURCE_EXHAUSTED);
    const broken = await send(
      gzip,
      pack(text, all => all),
    );
    expect(broken.code).toBe(STATUS.INVALID_ARGUMENT);
    expect(broken.details).toMatch(/is not valid gzip/);
    const other = await send({ 'grpc-encoding': 'br' }, pack(text, gzipSync));
    expect(other.code).toBe(STATUS.UNIMPLEMENTED);
    expect(other.details).toMatch(/'br' is not supported; there are identity/);
    expect((await send({}, pack(text, gzipSync))).code).toBe(
      STATUS.INVALID_ARGUMENT,
    );
  });

  const framed = frame(Buffer.from('hello'));
  it.each<[string, Buffer[], number, RegExp]>([
    ['no message', [], STATUS.INVALID_ARGUMENT, /no message/],
    [
      'half a message',
      [framed.subarray(0, 7)],
      STATUS.INVALID_ARGUMENT,
      /ended before its message was complete/,
    ],
    [
      'two messages',
      [framed, framed],
      STATUS.INVALID_ARGUMENT,
      /more after it/,
    ],
    [
      'a message that is too large',
      [frame(Buffer.alloc(1_000_001))],
      STATUS.RESOURCE_EXHAUSTED,
      /has 1000001 bytes, the limit is 1000000; send fewer rows at a time/,
    ],
  ])('refuses %s', async (_, pieces, code, details) => {
    const answer = await send({}, pieces);
    expect(answer.details).toMatch(details);
    expect(answer.code).toBe(code);
    expect((await send({}, [framed])).code).toBe(STATUS.OK);
  });

  it('does not wait for the rest of what it refuses', async () => {
    await stop();
    await start(200);
    const head = frame(Buffer.alloc(1_000_001)).subarray(0, 1_000);
    const answer = await send({}, [head], { end: false });
    expect(answer.code).toBe(STATUS.RESOURCE_EXHAUSTED);
  });

  it('refuses what is not gRPC, and methods that it does not have', async () => {
    const json = await send({ 'content-type': 'application/json' }, []);
    expect(json.first[':status']).toBe(415);
    const get = await send({ ':method': 'GET' }, []);
    expect(get.first[':status']).toBe(405);
    const unknown = await send({ ':path': '/test.Test/Other' }, [framed]);
    expect(unknown.code).toBe(STATUS.UNIMPLEMENTED);
    expect(unknown.details).toBe('there is no method /test.Test/Other');
  });

  it('gives up on callers that send too slowly', async () => {
    await stop();
    await start(200);
    const slow = await send({}, [framed.subarray(0, 3)], { end: false });
    expect(slow.code).toBe(STATUS.DEADLINE_EXCEEDED);
    expect(slow.details).toMatch(/was not complete within 0.2 s/);
  });

  it('hangs up on who connects and says nothing', async () => {
    await stop();
    await start(200);
    const socket = connectSocket(port, '127.0.0.1').resume();
    await once(socket, 'close');
    expect(socket.readableEnded).toBe(true);
  });

  it('has no more messages at a time than there is memory for', async () => {
    const large = frame(Buffer.alloc(900_000));
    const held = [1, 2, 3].map(() => send({ ':path': HANG }, [large]));
    while (hanging.length < 3) await new Promise(setImmediate);
    const refused = await send({}, [large]);
    expect(refused.code).toBe(STATUS.UNAVAILABLE);
    expect(refused.first['retry-after']).toBe('1');
    for (const call of hanging) call.respond(Buffer.alloc(1));
    await Promise.all(held);
    expect((await send({}, [large])).code).toBe(STATUS.OK);
  });

  it('holds no more answers than there is memory for', async () => {
    const answer = send({ ':path': HANG }, [framed]);
    while (!hanging.length) await new Promise(setImmediate);
    const rest = MEMORY - 100_000;
    expect(memory.take(rest)).toBe(true);
    hanging[0].respond(Buffer.alloc(100_000));
    const { code, details } = await answer;
    expect(code).toBe(STATUS.UNAVAILABLE);
    expect(details).toMatch(/ask for fewer rows at a time/);
    memory.give(rest);
    const large = frame(Buffer.alloc(500_000, 'x'));
    expect((await send({}, [large])).body).toEqual(large);
  });

  it('cuts off who does not fetch a large answer', async () => {
    await stop();
    await start(200);
    const stream = session.request({ ...HEADERS, ':path': HANG });
    stream.on('error', () => {});
    stream.end(framed);
    while (!hanging.length) await new Promise(setImmediate);
    // Beyond what a caller takes without being read from.
    hanging[0].respond(Buffer.alloc(1_000_000));
    await once(stream, 'close');
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  it('ends calls at their deadline and tells who works on them', async () => {
    const late = await send({ ':path': HANG, 'grpc-timeout': '50m' }, [framed]);
    expect(late.code).toBe(STATUS.DEADLINE_EXCEEDED);
    expect(cancelled).toBe(1);
    expect(hanging[0].cancelled).toBe(true);
    // Its answer goes nowhere.
    hanging[0].respond(Buffer.from('late'));
  });

  it('tells that a caller went away', async () => {
    const stream = session.request({ ...HEADERS, ':path': HANG });
    stream.on('error', () => {});
    stream.end(framed);
    while (!hanging.length) await new Promise(setImmediate);
    stream.close(constants.NGHTTP2_CANCEL);
    while (!cancelled) await new Promise(setImmediate);
    hanging[0].fail(STATUS.INTERNAL, 'nobody hears it');
    expect((await send({}, [framed])).code).toBe(STATUS.OK);
  });

  it('lets calls finish when it closes, and has callers go elsewhere', async () => {
    const under = send({ ':path': HANG }, [framed]);
    while (!hanging.length) await new Promise(setImmediate);
    const goneAway = once(session, 'goaway');
    const closed = server.close(10_000);
    await goneAway;
    hanging[0].respond(Buffer.from('done'));
    expect((await under).body).toEqual(frame(Buffer.from('done')));
    await closed;
  });

  it('is understood by clients of gRPC', async () => {
    const client = new Client(
      `127.0.0.1:${port}`,
      credentials.createInsecure(),
      { 'grpc.default_compression_algorithm': 2 },
    );
    const call = (path: string, message: Buffer) =>
      new Promise<string>(resolve => {
        const metadata = new Metadata();
        metadata.set('x-note', 'a note');
        client.makeUnaryRequest(
          path,
          (value: Buffer) => value,
          value => value,
          message,
          metadata,
          (error, answer) =>
            resolve(
              error ? `${status[error.code]}: ${error.details}` : `${answer}`,
            ),
        );
      });
    expect(await call(ECHO, Buffer.from('grüß dich'))).toBe('grüß dich');
    expect(await call('/test.Test/Other', Buffer.alloc(3))).toBe(
      'UNIMPLEMENTED: there is no method /test.Test/Other',
    );
    expect(await call(ECHO, Buffer.alloc(2_000_000, 'ab'))).toMatch(
      /^RESOURCE_EXHAUSTED: the message has more when it is unpacked/,
    );
    const many = Array.from({ length: 500 }, (_, i) => `message ${i}`);
    expect(
      await Promise.all(many.map(text => call(ECHO, Buffer.from(text)))),
    ).toEqual(many);
    client.close();
  });
});
