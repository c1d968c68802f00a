import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ToolError } from '@ml-platform/packaging';

const SERVER = {
  package: '@ml-platform/inference-server',
  file: 'bin/ml-inference-server',
};
const EVALUATE = {
  package: '@ml-platform/evaluation',
  file: 'bin/ml-evaluate',
};

/**
 * The program of the inference server: the one that is named, else the
 * installed package.
 */
export function findServer(env: NodeJS.ProcessEnv): string {
  const named = env.ML_INFERENCE_SERVER;
  const found = named || installed(SERVER);
  if (found && existsSync(found)) return found;
  throw new ToolError({
    code: 'NO_INFERENCE_SERVER',
    message: named
      ? `ML_INFERENCE_SERVER names ${named}, which is not there`
      : 'The inference server, which runs the model for the evaluation, is not installed',
    hint: `Install ${SERVER.package} beside ml, or name its program (${SERVER.file}) in ML_INFERENCE_SERVER.`,
  });
}

/**
 * The program that runs one evaluation in a process of its own.
 * @public
 */
export function findProgram(): string {
  const found = installed(EVALUATE);
  if (found && existsSync(found)) return found;
  throw new Error(
    `${EVALUATE.package} is not installed, or not built; run: yarn workspace ${EVALUATE.package} build`,
  );
}

function installed(program: typeof SERVER): string | undefined {
  try {
    // By Node itself, also where this file is part of a bundle.
    const manifest = createRequire(__filename).resolve(
      `${program.package}/package.json`,
    );
    return join(dirname(manifest), program.file);
  } catch {
    return undefined;
  }
}
