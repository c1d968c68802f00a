import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './ServerProcess';
import { TestRegistry } from './TestRegistry';

/** A registry, a data folder and a server that works with them. */
export class TestBed {
  /** `env` goes to the server. */
  static async start(
    env: NodeJS.ProcessEnv = {},
    given?: TestRegistry,
  ): Promise<TestBed> {
    const registry = given ?? new TestRegistry();
    if (!given) await registry.start();
    const bed = new TestBed(registry, env);
    bed.server = await ServerProcess.start(bed.options);
    return bed;
  }

  readonly dataDir = mkdtempSync(join(tmpdir(), 'ml-inference-test-'));
  server!: ServerProcess;

  private constructor(
    readonly registry: TestRegistry,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  get options() {
    return {
      dataDir: this.dataDir,
      registryUrl: this.registry.url,
      env: this.env,
    };
  }

  /** Starts the server again on the same data. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.server.end(signal);
    this.server = await ServerProcess.start(this.options);
  }

  async stop(): Promise<void> {
    await this.server?.end('SIGKILL');
    await this.registry.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
