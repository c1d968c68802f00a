import { rmSync } from 'node:fs';
import type { LoadMessage, WorkerMessage } from './messages';
import { OnnxModel } from './OnnxModel';
import { createWorkerHttp } from './WorkerHttp';

/**
 * One version of one model in a process of its own. It lives as long as its
 * IPC channel: when the server goes, however it goes, the worker goes too.
 */
function main(): void {
  // The server decides when a worker ends, so that a Ctrl-C lets it drain first.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(0));
  process.once('message', message => {
    serve(message as LoadMessage).catch(error => {
      const reason = error instanceof Error ? error.message : String(error);
      tell({ type: 'failed', reason }, () => process.exit(0));
    });
  });
}

async function serve(options: LoadMessage): Promise<void> {
  process.title = `ml-worker ${options.environment}/${options.model}@${options.version}`;
  const { socketPath } = options;
  process.on('exit', () => rmSync(socketPath, { force: true }));
  const model = await OnnxModel.load(options);
  const server = createWorkerHttp((body, headerLength, signal) =>
    model.infer(body, headerLength, signal),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  tell({ type: 'ready' });
}

function tell(message: WorkerMessage, sent?: () => void): void {
  process.send?.(message, () => sent?.());
}

main();
