import { CallersError } from './callers/Callers';
import { readConfig } from './config/readConfig';
import { CommandError, UsageError } from './commands/errors';
import { rollBack } from './commands/rollBack';
import { supervise } from './commands/supervise';
import { upgrade } from './commands/upgrade';
import { ListenError } from './http/listen';
import { TlsError } from './http/openTls';
import { serve } from './standalone/serve';
import { startInferenceServer } from './startInferenceServer';

async function main(): Promise<void> {
  const [command, ...words] = process.argv.slice(2);
  if (command === 'serve') {
    await serve(words);
    return;
  }
  if (command === 'rollback') {
    await rollBack(words);
    return;
  }
  if (command === 'supervise') {
    await supervise();
    return;
  }
  if (command === 'upgrade') {
    await upgrade();
    return;
  }
  if (command !== undefined) {
    throw new UsageError(
      `'${command}' is no command of it; without one it serves what the portal tells it, \`serve --model-dir <folder>\` serves one model alone, \`supervise\` keeps it running, \`upgrade\` replaces it, \`rollback <model> --env <environment>\` goes back to the last good version`,
    );
  }
  const config = readConfig(process.env);
  if ('problems' in config) {
    for (const problem of config.problems) complain(problem);
    process.exitCode = 1;
    return;
  }
  process.title = 'ml-inference-server';
  const server = await startInferenceServer(config.options);
  const stop = () => {
    server.stop().then(
      () => process.exit(0),
      error => {
        complain(`stopped with an error: ${error.message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdout.write(
    `${JSON.stringify({
      ready: true,
      pid: process.pid,
      ...server.addresses,
      grpc: server.grpcAddresses,
    })}\n`,
  );
}

/** Failures whose message says what to do. */
const MENDABLE = [
  CallersError,
  CommandError,
  ListenError,
  TlsError,
  UsageError,
];

function complain(text: string): void {
  process.stderr.write(`ml-inference-server: ${text}\n`);
}

main().catch(error => {
  // What the user can mend is one line; anything else is ours and shows where.
  const mendable = MENDABLE.some(kind => error instanceof kind) || error.code;
  complain(mendable ? error.message : error.stack);
  process.exit(error instanceof UsageError ? 2 : 1);
});
