import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../paths.mjs';
import { runStep } from '../run.mjs';

/** The tests of these scripts, with the runner that is part of Node. */
export async function runScriptTests({ toolchain, title, name, logFile }) {
  const error = await runStep({
    title,
    label: name,
    command: toolchain.node,
    args: [
      '--test',
      '--test-reporter=tap',
      path.join(root, 'scripts/lib/scripts.test.mjs'),
    ],
    cwd: root,
    env: toolchain.env,
    logFile,
    show: 'progress',
  }).catch(failure => failure);
  const report = readFileSync(logFile, 'utf8');
  const count = name =>
    Number(report.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  return {
    passed: count('pass'),
    failed: error ? Math.max(failed, 1) : failed,
    skipped: count('skipped') + count('todo'),
    error,
  };
}
