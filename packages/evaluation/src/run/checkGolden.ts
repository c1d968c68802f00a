import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseExactJson } from '@ml-platform/datasets';
import { ToolError } from '@ml-platform/packaging';
import type { EvaluationCheck, Suite } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import type { Predictor } from '../worker/Predictor';

const DEFAULT_TOLERANCE = 1e-4;

const answerSchema = z.looseObject({
  outputs: z.array(
    z.looseObject({ name: z.string(), data: z.array(z.unknown()) }),
  ),
});

type Golden = Suite['golden'][number];

/** Asks a golden request and compares the answer with the recorded one. */
export async function checkGolden(
  golden: Golden,
  options: { directory: string; predictor: Predictor },
): Promise<EvaluationCheck> {
  const { directory, predictor } = options;
  const { answers } = await predictor.ask(
    await read(directory, golden.request),
  );
  const recorded = answerSchema.parse(
    parseExactJson(await read(directory, golden.response)),
  );
  const tolerance = golden.tolerance ?? DEFAULT_TOLERANCE;
  let largest = 0;
  let difference: string | undefined;
  for (const { data, name } of recorded.outputs) {
    const wanted = data.flat(Infinity);
    const told = answers.get(name) ?? [];
    if (told.length !== wanted.length) {
      difference ??= `'${name}' has ${told.length} values, the recorded answer has ${wanted.length}`;
      continue;
    }
    for (const [index, value] of wanted.entries()) {
      const off = distance(value, told[index]);
      largest = Math.max(largest, off);
      if (off > tolerance) {
        difference ??= `value ${index + 1} of '${name}' is ${
          told[index]
        }, the recorded answer has ${value}`;
      }
    }
  }
  const verdict = difference === undefined ? 'passed' : 'failed';
  return {
    ...{ kind: 'golden', name: golden.name, verdict },
    ...(Number.isFinite(largest) && { value: largest }),
    threshold: { max: tolerance },
    ...(largest > tolerance &&
      Number.isFinite(largest) && { missedBy: largest - tolerance }),
    message: `${golden.name}: ${
      difference ?? `no value differs by more than ${tolerance}`
    }`,
  };
}

/** How far two values are apart; infinitely, when they are no numbers and differ. */
function distance(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const isNumber = (value: unknown) =>
    typeof value === 'number' || typeof value === 'bigint';
  return isNumber(a) && isNumber(b)
    ? Math.abs(Number(a) - Number(b))
    : Infinity;
}

async function read(directory: string, path: string): Promise<string> {
  return readFile(join(directory, path), 'utf8').catch(() => {
    throw new ToolError({
      code: 'GOLDEN_MISSING',
      message: `The suite names ${path}, which is not in the package`,
    });
  });
}
