import { mkdirSync } from 'node:fs';
import { readConfig } from '../config/readConfig';
import { Logger } from '../log/Logger';
import { Supervisor } from '../supervisor/Supervisor';
import { SupervisorFile } from '../supervisor/SupervisorFile';
import { UsageError } from './errors';

/** What it is called among the processes of the machine. */
export const SUPERVISOR_TITLE = 'ml-inference-supervisor';

/** `ml-inference-server supervise`: a server that is kept running and can be upgraded without loss. */
export async function supervise(): Promise<void> {
  if (process.platform === 'win32') {
    throw new UsageError('servers cannot be supervised on Windows');
  }
  const config = readConfig(process.env);
  if ('problems' in config) {
    throw new UsageError(config.problems.join('\nml-inference-server: '));
  }
  process.title = SUPERVISOR_TITLE;
  const { dataDir, logLevel } = config.options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const supervisor = new Supervisor({
    script: process.argv[1],
    file: new SupervisorFile(dataDir),
    logger: new Logger(logLevel, line => process.stderr.write(line)),
  });
  process.on('SIGHUP', () => supervisor.upgrade());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => supervisor.stop(signal));
  }
  process.exit(await supervisor.run());
}
