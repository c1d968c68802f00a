// Starts Docker's registry, the Debian package, on an empty folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function startDockerRegistry() {
  const directory = mkdtempSync(join(tmpdir(), 'ml-bench-registry-'));
  const config = join(directory, 'registry.json');
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'info', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(directory, 'data') } },
      http: { addr: '127.0.0.1:0' },
    }),
  );
  const server = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
  });
  const stop = async () => {
    if (server.pid && server.exitCode === null && !server.signalCode) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  let output = '';
  const listening = new Promise((resolve, reject) => {
    const read = text => {
      output += text;
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(output);
      if (found) resolve(found[1]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('error', error =>
      reject(
        error.code === 'ENOENT'
          ? new Error(
              'Install docker-registry: apt-get install docker-registry',
            )
          : error,
      ),
    );
    server.on('exit', () => reject(new Error(`It did not start:\n${output}`)));
  });
  try {
    return { url: `http://${await listening}`, pid: server.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
