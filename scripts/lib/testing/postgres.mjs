import { spawn } from 'node:child_process';
import path from 'node:path';
import { FriendlyError } from '../FriendlyError.mjs';
import { root } from '../paths.mjs';

/**
 * Runs something with a PostgreSQL of its own: a real server from npm, in a
 * temporary folder, gone afterwards.
 */
export async function withPostgres({ toolchain }, run) {
  const child = spawn(
    toolchain.node,
    [path.join(root, 'scripts/postgres.mjs')],
    { cwd: root, env: toolchain.env, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const ended = new Promise(resolve => child.on('close', resolve));
  const connection = await new Promise((resolve, reject) => {
    let stdout = '';
    child.on('error', reject);
    child.stdout.on('data', chunk => {
      stdout += chunk;
      const line = stdout.match(/^(postgresql:\S+)\n/m);
      if (line) resolve(line[1]);
    });
    ended.then(() =>
      reject(
        new FriendlyError('PostgreSQL for the tests did not start.', {
          details: stderr.trim(),
        }),
      ),
    );
  });
  try {
    return await run(connection);
  } finally {
    // The server ends when the other end of its input closes.
    child.stdin.end();
    await ended;
  }
}
