import { isAlive, signalProcess, until } from './processes.mjs';
import { FriendlyError } from './FriendlyError.mjs';
import { endChildren, RunFile } from './RunFile.mjs';

/** The start script that runs with a data folder, if any. */
export function findRunning(dataDir) {
  const content = new RunFile(dataDir).read();
  return content?.owner && isAlive(content.owner) ? content : undefined;
}

/**
 * Stops a running platform as Ctrl-C would, and what a killed one left behind.
 * @returns whether there was anything to stop
 */
export async function stopRunning(dataDir) {
  const content = new RunFile(dataDir).read();
  const running = findRunning(dataDir);
  if (running) {
    signalProcess(running.owner.pid, 'SIGTERM');
    const gone = await until(() => !isAlive(running.owner), 60_000);
    if (!gone) {
      throw new FriendlyError(
        `Process ${running.owner.pid} does not stop. End it with: kill -9 ${running.owner.pid}`,
      );
    }
  }
  const left = await endChildren(content);
  return Boolean(running) || left.length > 0;
}
