import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  SLOW,
  slowRequest,
  TestBed,
  untilBusy,
  waitFor,
} from './__testUtils__';

describe('faults', () => {
  let bed: TestBed;

  beforeEach(async () => {
    bed = await TestBed.start();
  });

  afterEach(async () => bed.stop());

  const push = (version: string) =>
    bed.registry.push({
      version,
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });
  const serve = async (version: string) => {
    await bed.server.load(push(version));
    await bed.server.route(1, [{ version, weight: 1 }]);
  };
  /** What is served, without what changes from moment to moment. */
  const served = async () =>
    (await bed.server.status()).models.map(({ versions, ...model }) => ({
      ...model,
      versions: versions.map(({ memoryBytes: _, ...version }) => version),
    }));
  const blobs = () => readdirSync(join(bed.dataDir, 'blobs/sha256'));

  it('answers requests of a worker that is killed, starts it again, harms no other', async () => {
    const { server, registry } = bed;
    await serve('1.0.0');
    const [other] = server.workerPids();
    const slow = registry.push({
      version: '1.0.0',
      artifact: fixture('slow'),
      interface: SLOW,
    });
    await server.load(slow, 'ready', 'slow');
    await server.route(1, [{ version: '1.0.0', weight: 1 }], 'slow');
    const [pid] = server.workerPids().filter(found => found !== other);

    const hit = server.infer('slow', slowRequest(100_000_000));
    await untilBusy(pid);
    process.kill(pid, 'SIGKILL');

    const answer = await hit;
    expect(answer.status).toBe(503);
    expect(answer.body.error).toMatch(
      /the worker of version 1.0.0 ended while it worked on this request/,
    );
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('x-ml-version')).toBe('1.0.0');
    expect((await server.infer('test', ADD)).status).toBe(200);

    await waitFor('a prediction of the new worker', async () =>
      (await server.infer('slow', slowRequest(10))).status === 200
        ? true
        : undefined,
    );
    expect(server.workerPids()).not.toContain(pid);
    expect(server.workerPids()).toContain(other);
    const status = await server.version('1.0.0', 'slow');
    expect(status.errors).toBeGreaterThanOrEqual(1);
    expect((await server.version('1.0.0')).errors).toBe(0);
  });

  it('bothers no worker with an upload under way, so that its end harms no caller', async () => {
    const { server } = bed;
    await serve('1.0.0');
    const [pid] = server.workerPids();
    const { hostname, port } = new URL(server.addresses.production);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', chunk => {
      answer += chunk;
    });
    const half = ' '.repeat(1024 * 1024);
    socket.write(
      `POST /v2/models/test/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${
        half.length * 2
      }\r\n\r\n`,
    );
    await new Promise(resolve => socket.write(half, resolve));
    process.kill(pid, 'SIGKILL');
    await waitFor('the worker to be gone', () =>
      isAlive(pid) ? undefined : true,
    );
    socket.write(half);
    await waitFor('an answer', () =>
      answer.endsWith('}') ? answer : undefined,
    );
    // From the new worker; or, when that takes longer than the upload, that there is none yet.
    expect(answer).toMatch(
      /^HTTP\/1.1 (400 [^]*body is empty|503 [^]*is not ready)/,
    );

    // The connection is of use for the next request.
    answer = '';
    const body = JSON.stringify(ADD);
    await server.until('1.0.0', 'ready');
    socket.write(
      `POST /v2/models/test/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await waitFor('an answer', () =>
      answer.endsWith('}') ? answer : undefined,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('says that a worker is being restarted, and why', async () => {
    const { server } = bed;
    await serve('1.0.0');
    // The wait doubles with each death, so that it can be seen in the end.
    const answer = await waitFor('restarting to be seen', async () => {
      for (const pid of server.workerPids()) process.kill(pid, 'SIGKILL');
      const seen = await server.infer('test', ADD);
      return seen.body.error?.includes('(restarting)') ? seen : undefined;
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body.error).toMatch(
      /^version 1.0.0 is not ready \(restarting\): the worker was killed by SIGKILL; it starts again in [\d.]+ s$/,
    );
    const ready = await server.get('/v2/models/test/ready');
    expect([200, 503]).toContain(ready.status);
    await server.until('1.0.0', 'ready');
    expect((await server.infer('test', ADD)).status).toBe(200);
  });

  it('serves the same routes after it was killed, with the registry down', async () => {
    await bed.server.load(push('1.0.0'));
    await bed.server.load(push('2.0.0'));
    await bed.server.control(
      'PUT',
      `${modelPath('production', 'test')}/routes`,
      {
        generation: 7,
        split: [{ version: '2.0.0', weight: 1 }],
        majors: { 1: [{ version: '1.0.0', weight: 1 }] },
      },
    );
    const before = await served();
    const workers = bed.server.workerPids();
    expect(workers).toHaveLength(2);

    await bed.server.end('SIGKILL');
    await waitFor('the workers to go with their server', () =>
      workers.some(isAlive) ? undefined : true,
    );
    await bed.registry.stop();
    bed.registry.requests.length = 0;
    await bed.restart('SIGKILL');

    await bed.server.until('1.0.0', 'ready');
    await bed.server.until('2.0.0', 'ready');
    expect(await served()).toEqual(before);
    const version = async (path: string) =>
      (await bed.server.infer(path, ADD)).body.model_version;
    expect(await version('test')).toBe('2.0.0');
    expect(await version('test/versions/1')).toBe('1.0.0');
    const stale = await bed.server.route(7, [{ version: '1.0.0', weight: 1 }]);
    expect(stale.status).toBe(409);
    expect(bed.registry.requests).toEqual([]);
  });

  it('serves from a folder that takes nothing, and says so', async () => {
    await serve('1.0.0');
    await bed.server.end('SIGKILL');
    // Files in the way of folders stop root as well, whom no permission does.
    for (const name of ['logs', 'run', 'traffic', 'workers']) {
      rmSync(join(bed.dataDir, name), { recursive: true, force: true });
      writeFileSync(join(bed.dataDir, name), '');
    }
    renameSync(join(bed.dataDir, 'blobs/tmp'), join(bed.dataDir, 'aside'));
    writeFileSync(join(bed.dataDir, 'blobs/tmp'), '');
    await bed.restart('SIGKILL');
    await bed.server.until('1.0.0', 'ready');
    expect((await bed.server.infer('test', ADD)).status).toBe(200);
    expect(bed.server.log).toContain('The data folder cannot be written');
    expect(bed.server.log).toContain('The request log cannot be written');
  });

  it('waits for a registry that is down, saying so, and goes on when it is back', async () => {
    const { server, registry } = bed;
    const spec = push('1.0.0');
    await registry.stop();
    await server.load(spec, 'pulling');
    const status = await waitFor('a reason', async () => {
      const seen = await server.version('1.0.0');
      return seen.reason ? seen : undefined;
    });
    expect(status.state).toBe('pulling');
    expect(status.reason).toMatch(
      /^the artifact could not be pulled: the registry at http.* cannot be reached \(ECONNREFUSED\); next attempt in [\d.]+ s/,
    );
    await registry.start();
    await server.until('1.0.0', 'ready');
  });

  it('refuses bytes that are not those of the digest', async () => {
    const { server, registry } = bed;
    const spec = push('1.0.0');
    const original = fixture('arithmetic');
    registry.tamper(original, fixture('integers'));
    const status = await server.load(spec, 'failed');
    expect(status.reason).toMatch(
      /^the registry sent bytes with digest sha256:\w+ for sha256:\w+/,
    );
    expect(readdirSync(join(bed.dataDir, 'blobs/tmp'))).toEqual([]);

    // The right bytes and the same request again: it is tried again.
    registry.tamper(original, original);
    await server.load(spec, 'ready');
  });

  it('says when the registry lacks the package, refuses access, or the package lacks the file', async () => {
    const { server, registry } = bed;
    const spec = push('1.0.0');
    const absent = { ...spec, digest: `sha256:${'0'.repeat(64)}` };
    expect((await server.load(absent, 'failed', 'absent')).reason).toMatch(
      /has no \/v2\/models\/test\/manifests\/sha256:0+; push it first/,
    );
    const other = { ...spec, artifact: 'other.onnx' };
    expect((await server.load(other, 'failed', 'other')).reason).toMatch(
      /holds no file 'other.onnx'; check 'artifact' in model.yaml/,
    );
    Object.assign(registry, { token: 'changed' });
    const next = push('2.0.0');
    expect((await server.load(next, 'failed')).reason).toMatch(
      /refuses access .*status 401.*; check ML_REGISTRY_TOKEN/,
    );
  });

  it('pulls each blob once and drops those that no version needs', async () => {
    const { server, registry } = bed;
    await server.load(push('1.0.0'));
    await server.load(push('1.1.0'));
    const manifests = registry.requests.filter(url =>
      url.includes('/manifests/'),
    );
    const pulled = registry.requests.filter(url => url.includes('/blobs/'));
    expect(manifests).toHaveLength(2);
    expect(pulled).toHaveLength(1);
    expect(blobs()).toHaveLength(3);

    const unload = (version: string) =>
      server.control(
        'DELETE',
        `${modelPath('production', 'test')}/versions/${version}`,
      );
    await unload('1.0.0');
    expect(blobs()).toHaveLength(2);
    await unload('1.1.0');
    expect(blobs()).toHaveLength(0);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
