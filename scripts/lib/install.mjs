import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkDiskSpace } from './diskSpace.mjs';
import { root, stampsDir } from './paths.mjs';
import { runStep } from './run.mjs';
import { hashInputs, isFresh, writeStamp } from './stamps.mjs';
import { readWorkspaces } from './workspaces.mjs';

/** Installs the dependencies when the lockfile or a manifest has changed. */
export async function ensureInstalled({ toolchain, logFile }) {
  const inputs = ['package.json', 'yarn.lock', '.yarnrc.yml'];
  for (const { folder } of readWorkspaces().values()) {
    inputs.push(`${folder}/package.json`);
  }
  const hash = hashInputs(inputs, toolchain.node);
  const stamp = path.join(stampsDir, 'install');
  if (isFresh(stamp, hash)) return;

  const first = !existsSync(path.join(root, 'node_modules/.yarn-state.yml'));
  if (first)
    checkDiskSpace({
      folder: root,
      megabytes: 3_000,
      reason: 'the first install',
    });
  const [command, ...args] = toolchain.yarn;
  await runStep({
    title: first
      ? 'Install the dependencies (a few minutes the first time)'
      : 'Install the changed dependencies',
    command,
    args: [...args, 'install', '--immutable'],
    cwd: root,
    // Native modules are compiled by all processors.
    env: { ...toolchain.env, YARN_ENABLE_INLINE_BUILDS: '1', JOBS: 'max' },
    logFile,
  });
  writeStamp(stamp, hash);
}
