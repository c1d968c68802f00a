import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';

/**
 * Asks the portal about a push before Git takes it: sends what is pushed, and
 * where the objects wait, to the socket that it was started with, and passes
 * on the answer. A push into the folder itself, past the portal, is not asked
 * about: whoever writes there can write anything.
 */
const SCRIPT = `
const net = require('node:net');
let commands = '';
process.stdin.on('data', chunk => { commands += chunk; });
process.stdin.on('end', () => {
  const { ML_GIT_SOCKET, ML_GIT_PUSH, GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES } = process.env;
  const socket = net.connect({ path: ML_GIT_SOCKET, allowHalfOpen: true });
  let answer = '';
  socket.on('data', chunk => { answer += chunk; });
  socket.on('error', error => { console.error('The portal does not answer: ' + error.message); process.exit(1); });
  socket.on('end', () => {
    const { accepted, lines } = JSON.parse(answer || '{"lines":["The portal did not answer"]}');
    for (const line of lines) console.error(line);
    process.exit(accepted ? 0 : 1);
  });
  socket.end(JSON.stringify({ push: ML_GIT_PUSH, commands, objects: GIT_OBJECT_DIRECTORY, alternates: GIT_ALTERNATE_OBJECT_DIRECTORIES }));
});
`;

const HOOK = `#!/bin/sh
# Written by ML Platform; it is written anew at each start.
[ -n "$ML_GIT_SOCKET" ] || exit 0
exec "$ML_GIT_NODE" -e '${SCRIPT.replace(/'/g, `'\\''`)}'
`;

export async function installPushHook(directory: string): Promise<void> {
  const hooks = join(directory, 'hooks');
  const path = join(hooks, 'pre-receive');
  if ((await readFile(path, 'utf8').catch(() => '')) === HOOK) return;
  await mkdir(hooks, { recursive: true });
  const draft = join(hooks, `.pre-receive-${randomUUID()}`);
  await writeFile(draft, HOOK);
  await chmod(draft, 0o755);
  await rename(draft, path);
}
