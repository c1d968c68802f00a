import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, stampsDir } from './paths.mjs';
import { runStep } from './run.mjs';
import { hashInputs, isFresh, writeStamp } from './stamps.mjs';
import { foldersOf } from './workspaces.mjs';

/** What is built before a start; the backend runs from its source. */
const TARGETS = [
  {
    name: '@ml-platform/inference-server',
    title: 'Build the inference server',
    output: 'packages/inference-server/dist',
  },
  {
    name: '@ml-platform/dev-identity-provider',
    title: 'Build the identity provider',
    output: 'packages/dev-identity-provider/dist',
  },
  {
    name: '@ml-platform/evaluation',
    title: 'Build the evaluation program',
    output: 'packages/evaluation/dist',
  },
  {
    name: '@ml-platform/cli',
    title: 'Build the ml command',
    output: 'packages/cli/dist',
  },
  {
    name: 'app',
    title: 'Build the portal',
    output: 'packages/app/dist/index.html',
    inputs: ['app-config.yaml'],
  },
];

/** Builds what has changed since its last build. */
export async function buildChanged({ toolchain, env, logFile }) {
  for (const target of TARGETS) {
    const inputs = [
      ...foldersOf(target.name),
      'yarn.lock',
      'tsconfig.json',
      ...(target.inputs ?? []),
    ];
    const hash = hashInputs(inputs);
    const stamp = path.join(stampsDir, `build-${path.basename(target.name)}`);
    if (isFresh(stamp, hash) && existsSync(path.join(root, target.output))) {
      continue;
    }
    const [command, ...args] = toolchain.yarn;
    await runStep({
      title: target.title,
      command,
      args: [...args, 'workspace', target.name, 'build'],
      cwd: root,
      env: { ...toolchain.env, ...env },
      logFile,
    });
    writeStamp(stamp, hash);
  }
}
