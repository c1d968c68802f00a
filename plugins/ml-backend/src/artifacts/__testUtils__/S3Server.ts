import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Options } from '../s3/S3Options';
import { freePorts } from './freePorts';

/** Fetched by `npm test`; see `scripts/lib/testing/systemTools.mjs`. */
const WEED = process.env.ML_TEST_WEED || 'weed';
const BUCKET = 'ml-artifacts';
const KEY = { accessKeyId: 'ml-test', secretAccessKey: 'ml-test-secret' };
const DEADLINE_MS = 60_000;

/** SeaweedFS, an S3 server that we did not write, as a process. */
export class S3Server {
  readonly #folder: string;
  readonly #args: string[];
  readonly #endpoint: string;
  #child?: ChildProcess;

  private constructor(options: {
    folder: string;
    args: string[];
    endpoint: string;
  }) {
    this.#folder = options.folder;
    this.#args = options.args;
    this.#endpoint = options.endpoint;
  }

  /** Starts it with an empty bucket. */
  static async start(): Promise<S3Server> {
    const folder = await mkdtemp(join(tmpdir(), 'ml-s3-'));
    const identities = join(folder, 'identities.json');
    await writeFile(
      identities,
      JSON.stringify({
        identities: [
          {
            name: 'test',
            credentials: [
              { accessKey: KEY.accessKeyId, secretKey: KEY.secretAccessKey },
            ],
            actions: ['Admin'],
          },
        ],
      }),
    );
    const names = ['master', 'volume', 'filer', 's3'].flatMap(name => [
      `${name}.port`,
      `${name}.port.grpc`,
    ]);
    const ports = await freePorts(names.length);
    const s3Port = ports[names.indexOf('s3.port')];
    const server = new S3Server({
      folder,
      endpoint: `http://127.0.0.1:${s3Port}`,
      args: [
        'server',
        `-dir=${folder}`,
        '-ip=127.0.0.1',
        '-ip.bind=127.0.0.1',
        '-filer',
        `-filer.localSocket=${join(folder, 'filer.sock')}`,
        '-s3',
        `-s3.config=${identities}`,
        '-s3.port.iceberg=0',
        '-s3.port.lance=0',
        '-master.telemetry=false',
        '-master.volumeSizeLimitMB=256',
        '-volume.max=0',
        ...names.map((name, index) => `-${name}=${ports[index]}`),
      ],
    });
    await server.startAgain();
    await server.#client().send(new CreateBucketCommand({ Bucket: BUCKET }));
    return server;
  }

  /** Starts it after it was killed; what was stored is still there. */
  async startAgain(): Promise<void> {
    const child = spawn(WEED, this.#args, {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let ended: string | undefined;
    const read = (text: Buffer) => {
      output = `${output}${text}`.slice(-4_000);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.on('error', (error: NodeJS.ErrnoException) => {
      ended =
        error.code === 'ENOENT'
          ? 'SeaweedFS (`weed`) is missing: run the tests through `npm test`, which fetches it, or set ML_TEST_WEED to it'
          : error.message;
    });
    child.on('exit', code => {
      ended ??= `it ended with ${code}: ${output}`;
    });
    this.#child = child;
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await this.#answers())) {
      if (ended) throw new Error(`The S3 server did not start: ${ended}`);
      if (Date.now() > deadline) {
        throw new Error(`The S3 server does not answer: ${output}`);
      }
      await new Promise(done => setTimeout(done, 50));
    }
  }

  /** @param prefix - where the objects of one test lie */
  options(prefix: string): S3Options {
    return {
      ...KEY,
      bucket: BUCKET,
      endpoint: this.#endpoint,
      prefix,
      partBytes: 5 * 1024 * 1024,
    };
  }

  /** Ends it as a crash or a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #client(): S3Client {
    return new S3Client({
      credentials: KEY,
      endpoint: this.#endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
    });
  }

  async #answers(): Promise<boolean> {
    try {
      // It opens its port before it knows its volumes.
      const response = await fetch(`${this.#endpoint}/healthz`);
      return response.ok;
    } catch {
      return false;
    }
  }
}
