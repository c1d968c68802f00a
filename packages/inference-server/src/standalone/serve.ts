import { ListenError } from '../http/listen';
import { PackageError } from './readPackage';
import { readServeConfig } from './readServeConfig';
import { startModelServer } from './startModelServer';

/** `ml-inference-server serve`: one model from a folder, until it is told to stop. */
export async function serve(words: readonly string[]): Promise<void> {
  const config = readServeConfig(words, process.env);
  if ('problems' in config) {
    for (const problem of config.problems) complain(problem);
    process.exitCode = 2;
    return;
  }
  process.title = 'ml-inference-server';
  try {
    const server = await startModelServer(config);
    const stop = () => server.stop().then(() => process.exit(0), fail);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    if (config.attached) process.stdin.on('close', stop).resume();
    const { url, grpcAddress: grpc, model, version } = server;
    if (await server.settled) {
      const { pid } = process;
      const ready = { ready: true, pid, url, grpc, model, version };
      process.stdout.write(`${JSON.stringify(ready)}\n`);
    }
    await server.failed;
  } catch (error) {
    fail(error as Error);
  }
}

function fail(error: Error & { code?: string }): void {
  const isMendable =
    error instanceof ListenError || error instanceof PackageError;
  complain(isMendable || error.code ? error.message : String(error.stack));
  process.exit(1);
}

function complain(text: string): void {
  process.stderr.write(`ml-inference-server: ${text}\n`);
}
