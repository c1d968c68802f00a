import { exampleRequest } from '@ml-platform/plugin-ml-common';
import { askWorker } from '../mirror/askWorker';
import type { OutputTensor } from '../mirror/compareOutputs';
import { parseAnswer } from '../mirror/parseAnswer';
import type { VersionRunner } from '../serving/VersionRunner';

const TIMEOUT_MS = 30_000;

/**
 * Asks a version sample requests, before it gets any of the traffic: each must be
 * answered, and as its interface says.
 */
export async function checkVersion(
  runner: VersionRunner | undefined,
  requests: string[],
): Promise<{ answered: number; problem?: string }> {
  if (!runner) return { answered: 0, problem: 'is not loaded' };
  const asked = requests.length
    ? requests
    : [JSON.stringify(exampleRequest(runner.spec.interface))];
  for (const [index, body] of asked.entries()) {
    const problem = await checkOne(runner, body);
    if (problem) {
      return {
        answered: index,
        problem: `did not pass the check: sample request ${index + 1} of ${
          asked.length
        } ${problem}`,
      };
    }
  }
  return { answered: asked.length };
}

async function checkOne(
  runner: VersionRunner,
  body: string,
): Promise<string | undefined> {
  let answer;
  try {
    answer = await askWorker(runner, { body, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    return `was not answered: ${(error as Error).message}`;
  }
  if (answer.status !== 200) {
    return `was answered with ${answer.status}: ${answer.body
      .toString('utf8')
      .slice(0, 300)}`;
  }
  const outputs = parseAnswer(answer.body);
  if (!outputs) return 'was answered with something that is no prediction';
  for (const wanted of runner.spec.interface.outputs) {
    const found = outputs.find(({ name }) => name === wanted.name);
    const problem = found
      ? misfit(found, wanted)
      : `lacks the output '${wanted.name}'`;
    if (problem) return `got an answer that ${problem}`;
  }
  return undefined;
}

function misfit(
  { datatype, name, shape }: OutputTensor,
  wanted: { datatype: string; shape: number[] },
): string | undefined {
  if (datatype !== wanted.datatype) {
    return `has ${datatype} for '${name}', not ${wanted.datatype}`;
  }
  const fits =
    shape.length === wanted.shape.length &&
    wanted.shape.every((size, axis) => size === -1 || size === shape[axis]);
  return fits
    ? undefined
    : `has the shape [${shape}] for '${name}', not [${wanted.shape}]`;
}
