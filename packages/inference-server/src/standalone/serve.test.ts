import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import {
  ADD,
  ARITHMETIC,
  fixturePath,
  SLOW,
  slowRequest,
  untilBusy,
} from '../__testUtils__';

// eslint-disable-next-line no-restricted-syntax
const BUNDLE = resolve(__dirname, '../../dist/server.cjs');

function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [BUNDLE, 'serve', ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stderr: '' };
  child.stderr.on('data', chunk => {
    output.stderr += chunk;
  });
  const closed = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, closed };
}

async function startReady(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { child, output, closed } = start(args, env);
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    closed,
  ]);
  if (!Array.isArray(line)) throw new Error(output.stderr);
  const { url, ...ready } = JSON.parse(line[0]);
  return { url: url as string, ready, child, output, closed };
}

const infer = (url: string, path: string, body: unknown) =>
  fetch(`${url}/v2/models/${path}/infer`, {
    method: 'POST',
    body: JSON.stringify(body),
  });

/** Process id of the only child that serves, found as an operator would. */
function workerOf(parent: number): number {
  const pids = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], {
    encoding: 'utf8',
  })
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, ppid, ...args]) => {
      return Number(ppid) === parent && args.join(' ').includes('worker');
    })
    .map(([pid]) => Number(pid));
  expect(pids).toHaveLength(1);
  return pids[0];
}

describe('serving one model alone', () => {
  let folder: string;

  const writePackage = (model: string, fields: object) => {
    copyFileSync(fixturePath(model), join(folder, 'model.onnx'));
    // JSON is YAML, too.
    writeFileSync(
      join(folder, 'model.yaml'),
      JSON.stringify({
        name: 'sums',
        version: '2.1.0',
        owner: 'group:default/team',
        format: 'onnx',
        artifact: 'model.onnx',
        ...fields,
      }),
    );
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ml-serve-test-'));
    writePackage('arithmetic', { interface: ARITHMETIC, later: 'field' });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('speaks the protocol of the platform, and ends on SIGTERM', async () => {
    const server = await startReady(['--model-dir', folder, '--port', '0']);
    expect(server.ready).toMatchObject({ model: 'sums', version: '2.1.0' });
    const { url } = server;
    for (const path of ['sums', 'sums/versions/2', 'sums/versions/2.1.0']) {
      const answer = await infer(url, path, ADD);
      expect(answer.headers.get('x-ml-version')).toBe('2.1.0');
      expect((await answer.json()).outputs[0].data).toEqual([1, 2, 3]);
    }
    expect((await infer(url, 'sums/versions/1', ADD)).status).toBe(404);
    expect((await infer(url, 'other', ADD)).status).toBe(404);
    for (const path of ['health/live', 'health/ready', 'models/sums/ready']) {
      expect((await fetch(`${url}/v2/${path}`)).status).toBe(200);
    }
    server.child.kill('SIGTERM');
    expect(await server.closed).toBe(0);
    expect(server.output.stderr).toContain('"model":"sums"');
  });

  it('finishes what is under way when it is told to stop', async () => {
    writePackage('slow', { interface: SLOW });
    const server = await startReady([], { ML_MODEL_DIR: folder, ML_PORT: '0' });
    const answer = infer(server.url, 'sums', slowRequest(1_500_000));
    await untilBusy(workerOf(server.child.pid!));
    server.child.kill('SIGTERM');
    expect((await answer).status).toBe(200);
    expect(await server.closed).toBe(0);
  });

  it.each([
    [
      'an artifact that is no model',
      () => copyFileSync(fixturePath('corrupt'), join(folder, 'model.onnx')),
      /sums@2\.1\.0 cannot be served: .*ONNX Runtime cannot load/,
    ],
    [
      'a format of another server',
      () =>
        writePackage('arithmetic', {
          format: 'mlserver',
          interface: ARITHMETIC,
        }),
      /model\.yaml: format is mlserver; this server runs onnx models only/,
    ],
    [
      'a missing artifact',
      () => rmSync(join(folder, 'model.onnx')),
      /artifact names 'model\.onnx', which is not a file/,
    ],
    [
      'a missing model.yaml',
      () => rmSync(join(folder, 'model.yaml')),
      /model\.yaml cannot be read/,
    ],
  ])('ends with a reason for %s', async (_, spoil, reason) => {
    spoil();
    const { output, closed } = start(['--model-dir', folder, '--port', '0']);
    expect(await closed).toBe(1);
    expect(output.stderr).toMatch(reason);
  });

  it('says each thing that is wrong with its options', async () => {
    const { output, closed } = start(['--port', '70100'], {
      ML_LOG_LEVEL: 'loud',
    });
    expect(await closed).toBe(2);
    expect(output.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/--port or ML_PORT: '70100' is not a port/),
      expect.stringMatching(/ML_LOG_LEVEL: 'loud' is not one of debug/),
      expect.stringMatching(/--model-dir or ML_MODEL_DIR: is missing/),
    ]);
  });
});
