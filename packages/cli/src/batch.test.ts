import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '../../..');
const SERVER = resolve(ROOT, 'packages/inference-server/dist/server.cjs');
const FIXTURES = resolve(ROOT, 'packages/inference-server/fixtures');
const WINE = resolve(ROOT, 'examples/wine-classifier');

/** The real server, with one model from a folder. */
class ModelServer {
  private constructor(readonly url: string, readonly child: ChildProcess) {}

  static async start(folder: string, port = 0): Promise<ModelServer> {
    const args = ['--model-dir', folder, '--port', String(port)];
    const child = spawn(
      process.execPath,
      [SERVER, 'serve', ...args, '--grpc-port', '0', '--log-level', 'error'],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH } },
    );
    const [line] = await once(createInterface(child.stdout!), 'line');
    return new ModelServer(JSON.parse(line).url, child);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Stands before the server and does to requests what a test wants. */
class Proxy {
  readonly sizes: number[] = [];
  inFlight = 0;
  /** Of the newest request. */
  authorization?: string;
  mostInFlight = 0;
  /** What is answered in place of the server. */
  before: (
    count: number,
  ) =>
    | Promise<{ status: number; retryAfter?: number } | void>
    | { status: number; retryAfter?: number }
    | void = () => {};
  readonly #server: Server;

  constructor(target: string) {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      this.authorization = request.headers.authorization;
      const isInference = request.method === 'POST';
      if (isInference) {
        this.sizes.push(JSON.parse(body).inputs[0].shape[0]);
        this.inFlight += 1;
        this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      }
      try {
        const refusal = isInference && (await this.before(this.sizes.length));
        if (refusal) {
          const { status, retryAfter } = refusal;
          if (retryAfter) response.setHeader('retry-after', retryAfter);
          response.writeHead(status).end('{"error":"overloaded"}');
          return;
        }
        const answer = await fetch(`${target}${request.url}`, {
          method: request.method,
          body: isInference ? body : undefined,
        });
        const version = answer.headers.get('x-ml-version')!;
        response.writeHead(answer.status, { 'x-ml-version': version });
        response.end(await answer.text());
      } catch {
        response.destroy();
      } finally {
        if (isInference) this.inFlight -= 1;
      }
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(done => {
      this.#server.close(done);
    });
  }
}

describe('ml batch run', () => {
  const folder = temporaryFolder();
  let ml: MlProcess;
  let wine: ModelServer;
  let proxy: Proxy;
  let url: string;
  const stops: Array<() => Promise<void>> = [];

  beforeAll(async () => {
    ml = await MlProcess.build();
    wine = await ModelServer.start(WINE);
  });
  afterAll(async () => {
    await wine.kill();
    await ml.dispose();
  });
  beforeEach(async () => {
    proxy = new Proxy(wine.url);
    url = await proxy.start();
  });
  afterEach(async () => {
    await proxy.stop();
    for (const stop of stops.splice(0)) await stop();
  });

  const path = (name: string) => folder.path(name);
  const read = (name: string) => readFile(path(name), 'utf8');
  const exists = (name: string) =>
    stat(path(name)).then(
      () => true,
      () => false,
    );
  const wineArgs = (input: string, output: string, ...more: string[]) => [
    ...['batch', 'run', 'wine-classifier', '--gateway', url],
    ...['--input', path(input), '--output', path(output)],
    ...['--columns', 'features=alcohol..proline', '--keep', 'id', ...more],
  ];

  /** Rows of the hold-out over and over, each with a key; `change` spoils some. */
  async function writeWines(
    name: string,
    count: number,
    change: (cells: string[], row: number) => string[] = cells => cells,
  ) {
    const [header, ...lines] = (
      await readFile(resolve(WINE, 'eval/holdout.csv'), 'utf8')
    )
      .trim()
      .split(/\r?\n/);
    const rows = Array.from({ length: count }, (_, at) =>
      change(
        `"w, ${at + 1}",${lines[at % lines.length]}`.split(/,(?! )/),
        at + 1,
      ),
    );
    await writeFile(
      path(name),
      `id,${header}\n${rows.map(row => row.join(',')).join('\n')}\n`,
    );
  }

  /** A package of one of the server's own models. */
  async function serve(model: string, inputs: string, outputs: string) {
    await writeFile(
      path('model.yaml'),
      `name: test\nversion: 1.2.0\nformat: onnx\nartifact: model.onnx\ninterface:\n  inputs: [${inputs}]\n  outputs: [${outputs}]\n`,
    );
    await copyFile(resolve(FIXTURES, `${model}.onnx`), path('model.onnx'));
    const server = await ModelServer.start(folder.path('.'));
    stops.push(() => server.kill());
    return server;
  }

  it('answers each row once and in order, also after a kill of the command and of the server', async () => {
    await writeWines('wines.csv', 4_000);
    const whole = await ml.run(wineArgs('wines.csv', 'whole.csv', '--json'));
    expect(whole).toMatchObject({ code: 0 });
    expect(JSON.parse(whole.stdout)).toMatchObject({
      kind: 'BatchRun',
      data: { rows: 4000, predicted: 4000, rejected: 0, version: '1.0.0' },
    });
    const expected = await read('whole.csv');
    const lines = expected.trim().split('\n');
    expect(lines).toHaveLength(4001);
    expect(lines[0]).toBe(
      'row,id,label,probabilities.0,probabilities.1,probabilities.2',
    );
    expect(lines[4000]).toMatch(/^4000,"w, 4000",[012],0\.\d+/);

    // Killed as soon as something is final, and not everything.
    const rate = ['--rate', '1000', '--batch-size', '50'];
    const killed = await ml.run(wineArgs('wines.csv', 'cut.csv', ...rate), {
      onSpawn: child => {
        const timer = setInterval(async () => {
          const checkpoint = await read('cut.csv.checkpoint.json').catch(
            () => '{}',
          );
          if (!(JSON.parse(checkpoint).rows > 0)) return;
          clearInterval(timer);
          child.kill('SIGKILL');
        }, 20);
      },
    });
    expect(killed.code).toBeNull();
    expect(await exists('cut.csv')).toBe(false);
    const { rows } = JSON.parse(await read('cut.csv.checkpoint.json'));
    expect(rows).toBeLessThan(4000);

    // The server goes and comes back in the middle of the rest.
    const { port } = wine;
    const middle = proxy.sizes.length + 10;
    let restart: Promise<void> | undefined;
    proxy.before = count => {
      if (count < middle || restart) return;
      restart = wine.kill().then(async () => {
        wine = await ModelServer.start(WINE, port);
      });
    };
    const resumed = await ml.run(
      wineArgs('wines.csv', 'cut.csv', '--batch-size', '50', '--json'),
    );
    await restart;
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stderr).toContain(`Going on after row ${rows}`);
    const { data } = JSON.parse(resumed.stdout);
    expect(data).toMatchObject({ rows: 4000, resumedAfterRow: rows });
    expect(data.retries).toBeGreaterThan(0);
    expect(await read('cut.csv')).toBe(expected);
    for (const left of ['checkpoint.json', 'partial', 'lock']) {
      expect(await exists(`cut.csv.${left}`)).toBe(false);
    }
  });

  it('refuses to go on with another input, another version or other columns', async () => {
    await writeWines('wines.csv', 60, (cells, row) =>
      row === 50 ? [cells[0]] : cells,
    );
    const args = wineArgs('wines.csv', 'out.jsonl');
    expect(await ml.run(args)).toMatchObject({ code: 1 });
    const change = await ml.run([...args, '--keep', 'cultivar']);
    expect(change).toMatchObject({ code: 5 });
    expect(change.stderr).toContain('kept columns');
    await writeWines('wines.csv', 61);
    const other = await ml.run(args);
    expect(other).toMatchObject({ code: 5 });
    expect(other.stderr).toContain('the input has other content');
    expect(await ml.run([...args, '--restart'])).toMatchObject({ code: 0 });
    const again = await ml.run(args);
    expect(again).toMatchObject({ code: 5 });
    expect(again.stderr).toContain('exists');
  });

  it('sets bad rows aside, with their number and reason', async () => {
    const spoil: Record<number, (cells: string[]) => string[]> = {
      10: cells => cells.with(4, 'many'),
      20: cells => cells.with(1, ''),
      30: cells => cells.slice(0, 5),
    };
    await writeWines('wines.csv', 100, (cells, row) =>
      spoil[row] ? spoil[row](cells) : cells,
    );
    const strict = await ml.run(wineArgs('wines.csv', 'out.jsonl'));
    expect(strict).toMatchObject({ code: 1 });
    expect(strict.stderr).toContain('--max-rejected');
    expect(await exists('out.jsonl')).toBe(false);
    const lax = await ml.run(
      wineArgs('wines.csv', 'out.jsonl', '--max-rejected', '3%', '--json'),
    );
    expect(lax).toMatchObject({ code: 0 });
    expect(lax.stderr).toMatch(/Going on after row [1-9]/);
    const rejected = (await read('out.rejected.jsonl')).trim().split('\n');
    expect(rejected.map(line => JSON.parse(line))).toEqual([
      { row: 10, reason: expect.stringContaining('alcalinity_of_ash must be') },
      { row: 20, reason: 'alcohol is missing (FP32)' },
      { row: 30, reason: 'it has 5 fields, the header has 15' },
    ]);
    expect(rejected.join()).not.toContain('many');
    const rows = (await read('out.jsonl')).trim().split('\n');
    expect(rows).toHaveLength(97);
    expect(JSON.parse(rows[9])).toEqual({
      ...{ row: 11, id: 'w, 11', label: expect.any(Number) },
      probabilities: [0, 1, 2].map(() => expect.any(Number)),
    });
  });

  it('finds the row for which the server refuses a whole request', async () => {
    const server = await serve(
      'text',
      '{name: words, datatype: BYTES, shape: [-1, -1]}',
      '{name: same, datatype: BYTES, shape: [-1, -1]}',
    );
    const rows = Array.from({ length: 40 }, (_, at) => ({
      words: [at === 16 ? 'not \u0000 taken' : `word ${at}`, ''],
    }));
    await writeFile(
      path('words.jsonl'),
      rows.map(row => JSON.stringify(row)).join('\n'),
    );
    const result = await ml.run([
      ...['batch', 'run', 'test', '--gateway', server.url, '--json'],
      ...['--input', path('words.jsonl'), '--output', path('same.jsonl')],
      ...['--max-rejected', '1', '--batch-size', '40'],
    ]);
    expect(result).toMatchObject({ code: 0 });
    expect(await read('same.rejected.jsonl')).toMatch(
      /^\{"row":17,"reason":"the server answered 400: .*\n$/,
    );
    const lines = (await read('same.jsonl')).trim().split('\n');
    expect(lines).toHaveLength(39);
    expect(lines[16]).toBe('{"row":18,"same":["word 17",""]}');
  });

  it('keeps all digits of INT64, from and to each format', async () => {
    const server = await serve(
      'integers',
      '{name: n, datatype: INT64, shape: [-1]}',
      '{name: same, datatype: INT64, shape: [-1]}',
    );
    const numbers = ['9007199254740993', '-9223372036854775808', '7'];
    await writeFile(path('n.csv'), `n\n${numbers.join('\n')}\n`);
    const convert = async (input: string, output: string, ...more: string[]) =>
      expect(
        await ml.run([
          ...['batch', 'run', 'test@1', '--gateway', server.url, ...more],
          ...['--input', path(input), '--output', path(output)],
        ]),
      ).toMatchObject({ code: 0 });
    await convert('n.csv', 'a.parquet');
    await convert('a.parquet', 'b.jsonl', '--columns', 'n=same');
    expect(await read('b.jsonl')).toBe(
      numbers.map((n, at) => `{"row":${at + 1},"same":${n}}\n`).join(''),
    );
    await writeFile(
      path('requests.jsonl'),
      numbers
        .map(n => `{"inputs":[{"name":"n","shape":[1],"data":[${n}]}]}\n`)
        .join(''),
    );
    await convert('requests.jsonl', 'd.csv');
    expect(await read('d.csv')).toBe(
      `row,same\n${numbers.map((n, at) => `${at + 1},${n}\n`).join('')}`,
    );
    // Fractions and numbers that are too large are no whole numbers.
    await writeFile(path('bad.csv'), 'n\n1.0\n9223372036854775808\n');
    const bad = await ml.run([
      ...['batch', 'run', 'test', '--gateway', server.url],
      ...['--input', path('bad.csv'), '--output', path('bad.out.csv')],
      ...['--max-rejected', '100%'],
    ]);
    expect(bad).toMatchObject({ code: 0 });
    expect(await read('bad.out.rejected.jsonl')).toContain('"row":2');
  });

  it('gives way to a server that is slow or turns requests away', async () => {
    await writeWines('wines.csv', 3_000);
    // Slower, the more requests it has: as a server with other callers.
    proxy.before = async count => {
      if (count === 5) return { status: 429, retryAfter: 1 };
      if (count === 9) return { status: 503 };
      const wait = proxy.inFlight > 2 ? 400 : 30;
      await new Promise(done => {
        setTimeout(done, wait);
      });
      return undefined;
    };
    const result = await ml.run(
      wineArgs('wines.csv', 'out.csv', '--batch-size', '20', '--json'),
    );
    expect(result).toMatchObject({ code: 0 });
    expect(JSON.parse(result.stdout).data).toMatchObject({
      ...{ rows: 3000, predicted: 3000, retries: 2 },
    });
    expect(proxy.mostInFlight).toBeGreaterThan(1);
    expect(proxy.mostInFlight).toBeLessThan(7);
    expect((await read('out.csv')).trim().split('\n')).toHaveLength(3001);
  });

  it('makes requests smaller when they are too large, and gives up on a server that stays away', async () => {
    await writeWines('wines.csv', 300);
    proxy.before = () =>
      proxy.sizes.at(-1)! > 30 ? { status: 413 } : undefined;
    expect(
      await ml.run(wineArgs('wines.csv', 'out.csv', '--batch-size', '100'), {
        env: { ML_CONSUMER_KEY: 'key-of-a-consumer' },
      }),
    ).toMatchObject({ code: 0 });
    expect(proxy.authorization).toBe('Bearer key-of-a-consumer');
    expect((await read('out.csv')).trim().split('\n')).toHaveLength(301);
    proxy.before = () => ({ status: 503 });
    const result = await ml.run(
      wineArgs('wines.csv', 'never.csv', '--give-up-after', '1s', '--json'),
    );
    expect(result).toMatchObject({ code: 1 });
    expect(
      JSON.parse(result.stderr.slice(result.stderr.indexOf('{'))),
    ).toMatchObject({
      error: { code: 'SERVER_BUSY', hint: expect.stringContaining('again') },
    });
  });

  it('says what is wrong with a command line or a mapping', async () => {
    await writeWines('wines.csv', 2);
    const cases: Array<[args: string[], code: number, message: string]> = [
      [['--columns', 'feature=alcohol'], 2, 'Its inputs: features'],
      [['--columns', 'features=alcohol,nothing'], 2, "names 'nothing'"],
      [['--keep', 'nothing'], 2, "names 'nothing'"],
      [['--max-rejected', 'some'], 2, 'neither a number'],
      [['--env', 'staging'], 2, 'one of --env and --gateway'],
      [['--header', 'none'], 2, "'name: value'"],
    ];
    for (const [args, code, message] of cases) {
      const result = await ml.run(wineArgs('wines.csv', 'out.csv', ...args));
      expect(result).toMatchObject({ code, stdout: '' });
      expect(result.stderr).toContain(message);
    }
    const unclear = await ml.run([
      ...['batch', 'run', 'wine-classifier', '--gateway', url],
      ...['--input', path('wines.csv'), '--output', path('out.csv')],
    ]);
    expect(unclear).toMatchObject({ code: 2 });
    expect(unclear.stderr).toContain('--columns features=');
    const missing = await ml.run([
      ...['batch', 'run', 'wine-classifier@7', '--gateway', url],
      ...['--input', path('wines.csv'), '--output', path('out.csv')],
    ]);
    expect(missing).toMatchObject({ code: 3 });
  });
});
