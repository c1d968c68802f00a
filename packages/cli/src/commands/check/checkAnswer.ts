import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';

const answerSchema = z.looseObject({
  outputs: z.array(
    z.looseObject({
      name: z.string(),
      datatype: z.string(),
      shape: z.array(z.int().min(0)),
      data: z.array(z.unknown()),
    }),
  ),
});

type Output = z.infer<typeof answerSchema>['outputs'][number];

/** Relative and absolute difference up to which two numbers are the same. */
const TOLERANCE = 1e-4;

/** Says what is wrong with an answer to a sample; undefined where nothing is. */
export function checkAnswer(
  answer: unknown,
  declared: readonly TensorSpec[],
): string | undefined {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    return `the answer is not of the protocol: ${path.join('.')}: ${message}`;
  }
  for (const spec of declared) {
    const output = find(parsed.data.outputs, spec.name);
    if (!output) return `the output '${spec.name}' is not in the answer`;
    const problem = checkOutput(output, spec);
    if (problem) return `the output '${spec.name}' ${problem}`;
  }
  return undefined;
}

function checkOutput(output: Output, spec: TensorSpec): string | undefined {
  const { datatype, shape, data } = output;
  if (datatype !== spec.datatype) {
    return `has the datatype ${datatype}, not ${spec.datatype}`;
  }
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => [-1, size].includes(spec.shape[axis]));
  if (!fits)
    return `has the shape [${shape}], which does not fit [${spec.shape}]`;
  const count = data.flat(Infinity).length;
  const wanted = shape.reduce((product, size) => product * size, 1);
  return count === wanted
    ? undefined
    : `has ${count} values, and its shape [${shape}] needs ${wanted}`;
}

/** Says where an answer differs from the recorded one; undefined where it does not. */
export function compareAnswers(
  answer: unknown,
  golden: unknown,
): string | undefined {
  const [got, wanted] = [answer, golden].map(
    value => answerSchema.safeParse(value).data?.outputs,
  );
  if (!wanted) return 'the recorded answer is not of the protocol';
  for (const output of wanted) {
    const values = find(got ?? [], output.name)?.data.flat(Infinity) ?? [];
    const expected = output.data.flat(Infinity);
    const at = expected.findIndex(
      (value, index) => !isSame(values[index], value),
    );
    if (at !== -1 || values.length !== expected.length) {
      const index = at === -1 ? expected.length : at;
      return `value ${index + 1} of '${output.name}' is ${JSON.stringify(
        values[index],
      )}, the recorded answer has ${JSON.stringify(expected[index])}`;
    }
  }
  return undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
}

function find(outputs: Output[], name: string): Output | undefined {
  return outputs.find(output => output.name === name);
}
