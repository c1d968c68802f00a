import { readConfig } from './readConfig';
import { startServer } from './startServer';

async function main(): Promise<void> {
  const { server, issuer } = await startServer(readConfig(process.env));
  // Whoever started it reads where it is.
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}

main().catch(error => {
  for (const line of String(error.message).split('\n')) {
    process.stderr.write(`ml-dev-identity-provider: ${line}\n`);
  }
  process.exitCode = 1;
});
