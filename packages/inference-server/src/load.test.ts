import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import {
  ADD,
  ARITHMETIC,
  fixture,
  numbers,
  pushServer,
  TestBed,
  waitFor,
} from './__testUtils__';

/** Milliseconds that the test server takes, as it is told with its first number. */
const lasting = (ms: number) => numbers(1000 + ms);

describe('load', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await TestBed.start({
      ML_SCALE_DOWN_SECONDS: '1',
      ML_CALLER_SECONDS: '2',
      ML_MAX_REPLICAS: '3',
    });
  });
  afterAll(async () => bed.stop());

  const replicas = async (model: string, environment?: 'staging') =>
    (await bed.server.version('1.0.0', model, environment)).replicas!;
  const open = (body: string, length: number) => {
    const { hostname, port } = new URL(bed.server.addresses.production);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(
      `POST /v2/models/fast/versions/1.0.0/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n${body}`,
    );
    return socket;
  };
  const ended = async (socket: Socket) =>
    new Promise(resolve => {
      socket.once('close', resolve);
    });

  it('brings replicas, as many as the bounds allow, and takes them back without harm', async () => {
    const { registry, server } = bed;
    const spec = pushServer(registry, {
      resources: { concurrency: 2, replicas: { min: 1, max: 8 } },
    });
    await server.load(spec, 'ready', 'scaled');
    expect(await replicas('scaled')).toMatchObject({ ready: 1, max: 3 });
    const statuses: number[] = [];
    let goesOn = true;
    const callers = Array.from({ length: 6 }, async () => {
      while (goesOn) {
        const { status } = await server.infer(
          'scaled/versions/1.0.0',
          lasting(50),
        );
        statuses.push(status);
      }
    });
    await waitFor('all replicas', async () =>
      (await replicas('scaled')).ready === 3 ? true : undefined,
    );
    goesOn = false;
    await Promise.all(callers);
    goesOn = true;
    const one = (async () => {
      while (goesOn) {
        const { status } = await server.infer(
          'scaled/versions/1.0.0',
          lasting(20),
        );
        statuses.push(status);
      }
    })();
    await waitFor('a single replica', async () =>
      (await replicas('scaled')).ready === 1 ? true : undefined,
    );
    goesOn = false;
    await one;
    expect([...new Set(statuses)]).toEqual([200]);
  });

  it('is refused before a queue grows, with the time to come back', async () => {
    const { registry, server } = bed;
    const spec = pushServer(registry, {
      resources: { concurrency: 1, queue: { length: 2, waitMs: 3000 } },
    });
    await server.load(spec, 'ready', 'narrow');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        server.infer('narrow/versions/1.0.0', lasting(300)),
      ),
    );
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(3);
    for (const { body, headers } of refused) {
      expect(body.error).toMatch(
        /more requests than it can answer: 2 requests wait already/,
      );
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect((await server.version('1.0.0', 'narrow')).refused).toBe(3);

    // By now it is known how long requests take, and that a place is not enough.
    const slow = pushServer(registry, {
      version: '1.1.0',
      resources: { concurrency: 1, queue: { waitMs: 400 } },
    });
    await server.load(slow, 'ready', 'narrow');
    await server.infer('narrow/versions/1.1.0', lasting(600));
    const [first, second] = await Promise.all([
      server.infer('narrow/versions/1.1.0', lasting(600)),
      server.infer('narrow/versions/1.1.0', lasting(600)),
    ]);
    const statuses = [first, second].map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 503]);
  });

  it('that is none leaves no process in staging; the next request waits for one', async () => {
    const { registry, server } = bed;
    const spec = pushServer(registry, { resources: { scaleToZeroSeconds: 1 } });
    await server.load(spec, 'ready', 'idle', 'staging');
    await waitFor('no replica', async () =>
      (await replicas('idle', 'staging')).ready === 0 ? true : undefined,
    );
    expect(await server.version('1.0.0', 'idle', 'staging')).toMatchObject({
      state: 'ready',
      replicas: { wanted: 0, min: 0 },
    });
    const answers = await Promise.all(
      [1, 2, 3].map(value =>
        server.infer('idle/versions/1.0.0', numbers(value), {}, 'staging'),
      ),
    );
    expect(answers.map(({ body }) => body.outputs?.[0].data)).toEqual([
      [2],
      [4],
      [6],
    ]);
    // In production somebody would have to wait.
    await server.load(spec, 'ready', 'idle');
    expect((await replicas('idle')).min).toBe(1);
  });

  it('of callers who send slowly holds no worker, and ends', async () => {
    const { registry, server } = bed;
    const spec = registry.push({
      version: '1.0.0',
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
      resources: { concurrency: 1, queue: { length: 0 } },
    });
    await server.load(spec, 'ready', 'fast');
    const slow = Array.from({ length: 20 }, () => open('{', 1000));
    const gone = slow.map(socket => ended(socket.resume()));
    for (let i = 0; i < 20; i++) {
      const { status } = await server.infer('fast/versions/1.0.0', ADD);
      expect(status).toBe(200);
    }
    expect((await server.version('1.0.0', 'fast')).active).toBe(0);
    await Promise.all(gone);
  });

  it('of callers who do not fetch their answers holds no worker, and ends', async () => {
    const { server } = bed;
    // More than the buffers of the operating system hold.
    const rows = 600_000;
    const data = Array.from({ length: rows * 3 }, () => 1.5);
    const body = JSON.stringify({
      inputs: ADD.inputs.map(each => ({ ...each, shape: [rows, 3], data })),
    });
    const before = await server.version('1.0.0', 'fast');
    const socket = open(body, body.length);
    socket.pause();
    const gone = ended(socket);
    await waitFor('the answer to be taken from the worker', async () => {
      const now = await server.version('1.0.0', 'fast');
      return now.requests > before.requests && now.active === 0
        ? true
        : undefined;
    });
    expect((await server.version('1.0.0', 'fast')).refused).toBe(
      before.refused,
    );
    expect((await server.infer('fast/versions/1.0.0', ADD)).status).toBe(200);
    await waitFor('the server to hang up', () =>
      isOpenAtServer(socket) ? undefined : true,
    );
    socket.resume();
    await gone;
    expect(socket.bytesRead).toBeLessThan(rows * 6 * 4);
  });
});

/** Whether the other end, on this machine, still has the connection in its hands. */
function isOpenAtServer({ localPort, remotePort }: Socket): boolean {
  const hex = (port: number) =>
    port.toString(16).toUpperCase().padStart(4, '0');
  // Another server may have a connection from a port of the same number.
  const [here, there] = [localPort!, remotePort!].map(port => `:${hex(port)}`);
  const ESTABLISHED = '01';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .some(
      ([, own, other, state]) =>
        own?.endsWith(there) && other.endsWith(here) && state === ESTABLISHED,
    );
}
