import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ADD,
  ARITHMETIC,
  fixture,
  ServerProcess,
  SLOW,
  slowRequest,
  TestBed,
  untilBusy,
  waitFor,
} from './__testUtils__';

describe('the server process', () => {
  it('says each thing that is wrong with its configuration in one line', async () => {
    const { code, stderr } = await ServerProcess.run({
      PATH: process.env.PATH,
      ML_CONTROL_PORT: '70100',
      ML_CONTROL_TOKEN: 'short',
      ML_REGISTRY_URL: 'registry',
      ML_LOG_LEVEL: 'loud',
    });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/ML_CONTROL_PORT: '70100' is not a port/),
      expect.stringMatching(/ML_INFERENCE_DIR: is missing; set it to/),
      expect.stringMatching(/ML_CONTROL_TOKEN: needs at least 16 characters/),
      expect.stringMatching(/ML_REGISTRY_URL: 'registry' is not an http/),
      expect.stringMatching(/ML_LOG_LEVEL: 'loud' is not one of debug/),
    ]);
  });

  it('says in one line that a port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const dataDir = mkdtempSync(join(tmpdir(), 'ml-inference-test-'));
    const { code, stderr } = await ServerProcess.run({
      ...ServerProcess.environment({
        dataDir,
        registryUrl: 'http://localhost',
      }),
      ML_STAGING_PORT: String(port),
    });
    holder.close();
    rmSync(dataDir, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `ml-inference-server: port ${port} for staging inference on 127.0.0.1 is taken by another program; stop it or choose another port\n`,
    );
  });

  describe('when it serves', () => {
    let bed: TestBed;

    beforeEach(async () => {
      bed = await TestBed.start();
    });

    afterEach(async () => bed.stop());

    it('finishes what is under way when it is told to stop', async () => {
      const spec = bed.registry.push({
        version: '1.0.0',
        artifact: fixture('slow'),
        interface: SLOW,
      });
      await bed.server.load(spec);
      const workers = bed.server.workerPids();
      const answer = bed.server.infer(
        'test/versions/1.0.0',
        slowRequest(1_500_000),
      );
      await untilBusy(workers[0]);
      // As a terminal does: Ctrl-C reaches the workers, too.
      for (const pid of workers) process.kill(pid, 'SIGINT');
      const ended = bed.server.end('SIGINT');
      const told = Date.now();

      expect((await answer).status).toBe(200);
      expect(await ended).toBe(0);
      // Less than the 30 s after which it would have cut connections.
      expect(Date.now() - told).toBeLessThan(25_000);
      expect(bed.server.log).toContain('Stopping');
    });

    it('logs each request without what was in it', async () => {
      const spec = bed.registry.push({
        version: '1.0.0',
        artifact: fixture('arithmetic'),
        interface: ARITHMETIC,
      });
      await bed.server.load(spec);
      await bed.server.route(1, [{ version: '1.0.0', weight: 1 }]);
      const secret = 424242.5;
      const inputs = [
        { ...ADD.inputs[0], data: [secret, 0, 0] },
        ADD.inputs[1],
      ];
      await bed.server.infer('test', { inputs }, { 'x-request-id': 'first' });
      await bed.server.infer('test', `{"a": ${secret}`, {
        'x-request-id': 'second',
      });
      await bed.server.infer('nothing', ADD, { 'x-request-id': 'third' });

      const path = join(bed.dataDir, 'logs/requests.jsonl');
      const text = await waitFor('the log', () => {
        const found = readFileSync(path, 'utf8');
        return found.includes('third') ? found : undefined;
      });
      expect(text).not.toContain(String(secret));
      expect(bed.server.log).not.toContain(String(secret));
      const [first, second, third] = text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(first).toEqual({
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        requestId: 'first',
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        environment: 'production',
        transport: 'rest',
        model: 'test',
        version: '1.0.0',
        arm: 'stable',
        status: 200,
        requestBytes: JSON.stringify({ inputs }).length,
        responseBytes: expect.any(Number),
        latencyMs: expect.any(Number),
        queueMs: expect.any(Number),
        workerMs: expect.any(Number),
        shapes: { a: [1, 3], b: [1, 3], sum: [1, 3], difference: [1, 3] },
      });
      expect(second).toMatchObject({ requestId: 'second', status: 400 });
      expect(third).toMatchObject({
        requestId: 'third',
        status: 404,
        failure: 'not-found',
      });
    });
  });
});
