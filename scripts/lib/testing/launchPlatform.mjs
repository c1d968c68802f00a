import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { FriendlyError } from '../FriendlyError.mjs';

/**
 * Runs `npm start` of a checkout with a data folder and free ports of its own,
 * and waits until it is ready.
 */
export async function launchPlatform({ checkout, dataDir, env }) {
  const [portal, production, staging, control, identity, ...grpc] =
    await freePorts(7);
  const platformEnv = {
    ML_DATA_DIR: dataDir,
    ML_PORT: String(portal),
    ML_PRODUCTION_PORT: String(production),
    ML_STAGING_PORT: String(staging),
    ML_PRODUCTION_GRPC_PORT: String(grpc[0]),
    ML_STAGING_GRPC_PORT: String(grpc[1]),
    ML_CONTROL_PORT: String(control),
    ML_IDENTITY_PORT: String(identity),
    ML_CONFIG: path.join(dataDir, 'config.json'),
  };
  const started = Date.now();
  const child = spawn(
    process.execPath,
    // It ends with this process, however this process ends.
    [
      '--require',
      path.join(checkout, 'scripts/lib/followParent.cjs'),
      path.join(checkout, 'scripts/start.mjs'),
    ],
    {
      cwd: checkout,
      env: {
        ...env,
        ...platformEnv,
        npm_config_user_agent: '',
        ML_PARENT_PIPE: '3',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  let talk = '';
  const ended = new Promise(resolve => child.on('close', resolve));
  const ready = new Promise(resolve => {
    child.stderr.on('data', chunk => {
      talk += chunk;
      if (/ML Platform is ready/.test(talk)) resolve(true);
    });
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  if (!(await Promise.race([ready, ended.then(() => false)]))) {
    throw new FriendlyError('The platform did not start.', {
      details: talk.trim(),
    });
  }
  return {
    url: `http://localhost:${portal}`,
    env: platformEnv,
    pid: child.pid,
    took: Date.now() - started,
    talk: () => talk,
    stop,
  };
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise(resolve => {
          const server = net.createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map(server => server.address().port);
  await Promise.all(servers.map(s => new Promise(done => s.close(done))));
  return ports;
}
