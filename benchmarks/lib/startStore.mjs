// Starts the artifact store in a Backstage backend of its own, on an empty data folder.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

export async function startStore({ node }) {
  const directory = mkdtempSync(join(tmpdir(), 'ml-bench-store-'));
  const token = randomBytes(24).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const configFile = join(directory, 'app-config.json');
  const artifacts = join(directory, 'artifacts');
  mkdirSync(artifacts);
  writeFileSync(
    configFile,
    JSON.stringify({
      backend: {
        baseUrl: url,
        listen: { host: '127.0.0.1', port },
        database: {
          client: 'better-sqlite3',
          connection: { directory: join(directory, 'database') },
        },
        auth: {
          externalAccess: [
            { type: 'static', options: { token, subject: 'benchmark' } },
          ],
        },
      },
      store: { directory: artifacts },
    }),
  );
  const require = createRequire(join(root, 'package.json'));
  const server = spawn(
    node,
    [
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      join(
        root,
        'plugins/ml-backend/src/artifacts/__testUtils__/storeServer.ts',
      ),
      '--config',
      configFile,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  const output = [];
  server.stdout.on('data', text => output.push(text));
  server.stderr.on('data', text => output.push(text));
  const stop = async () => {
    if (server.exitCode === null && !server.signalCode) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const ready = new Promise((resolve, reject) => {
    server.on('message', message => message === 'ready' && resolve());
    server.on('error', reject);
    server.on('exit', () =>
      reject(new Error(`The store did not start:\n${output.join('')}`)),
    );
  });
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, token, pid: server.pid, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
