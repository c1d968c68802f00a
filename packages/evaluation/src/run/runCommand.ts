import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ToolError } from '@ml-platform/packaging';
import type { Predictions } from '../metrics/Predictions';
import { plainEnvironment } from '../worker/startWorker';
import type { Metric } from './metricValue';

const MAX_OUTPUT = 64 * 1024;
const DEFAULT_SECONDS = 60;

/**
 * Runs a team's own metric: a program in the folder of the package that reads
 * a JSON line for each row (`label`, `answer`, `scores`) and prints the number
 * on its last line. It knows no secret of this process.
 */
export async function runCommand(
  metric: Metric,
  data: Predictions,
  options: { directory: string; env: NodeJS.ProcessEnv },
): Promise<number> {
  const [program, ...args] = metric.command!;
  const seconds = metric.timeoutSeconds ?? DEFAULT_SECONDS;
  const child = spawn(program, args, {
    cwd: options.directory,
    env: plainEnvironment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let isLate = false;
  const kill = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, seconds * 1000);
  let output = '';
  let said = '';
  child.stdout.on('data', chunk => {
    output = `${output}${chunk}`.slice(-MAX_OUTPUT);
  });
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(-1000);
  });
  // It may read no further than it likes.
  child.stdin.on('error', () => {});
  const ended = new Promise<string | undefined>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('close', code =>
      resolve(code === 0 ? undefined : `it ended with ${code}`),
    );
  });
  await feed(child.stdin, data, ended);
  const problem = await ended;
  clearTimeout(timer);
  kill();
  const fail = (reason: string) =>
    new ToolError({
      code: 'COMMAND_FAILED',
      message: `The command of the metric '${
        metric.name
      }' (${metric.command!.join(' ')}) failed: ${reason}`,
    });
  if (isLate) throw fail(`it took longer than ${seconds} seconds`);
  if (problem) throw fail(`${problem}${said ? `: ${said.trim()}` : ''}`);
  const last = output.trim().split('\n').at(-1)!.trim();
  if (!last || !Number.isFinite(Number(last))) {
    throw fail(`its last line is no number: '${last.slice(0, 100)}'`);
  }
  return Number(last);
}

async function feed(
  input: NodeJS.WritableStream,
  data: Predictions,
  ended: Promise<unknown>,
): Promise<void> {
  const { answers, classes, labels, scores } = data;
  const width = classes?.length ?? 0;
  for (let row = 0; row < labels.length; row += 1) {
    const line = JSON.stringify({
      label: classes ? classes[labels[row]] : labels[row],
      answer: classes ? classes[answers[row]] : answers[row],
      ...(scores && {
        scores: [...scores.subarray(row * width, (row + 1) * width)],
      }),
    });
    if (!input.write(`${line}\n`)) {
      await Promise.race([once(input, 'drain').catch(() => {}), ended]);
    }
  }
  input.end();
}
