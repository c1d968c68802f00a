import { DATATYPES, type Datatype } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { BodyParts } from '../protocol/BodyParts';
import { fromFloat16Bits } from '../protocol/float16';
import { fromBinary } from '../protocol/fromBinary';
import { parseJsonExactly } from '../protocol/parseJson';
import type { OutputTensor } from './compareOutputs';

const answerSchema = z.object({
  outputs: z.array(
    z.object({
      name: z.string(),
      datatype: z.enum(DATATYPES),
      shape: z.array(z.int()),
      data: z.array(z.unknown()).optional(),
      parameters: z
        .object({ binary_data_size: z.int().optional() })
        .loose()
        .optional(),
    }),
  ),
});

/**
 * The outputs of an answer, in JSON or binary; undefined when it is none that
 * can be read.
 *
 * @param headerLength - value of `inference-header-content-length`
 */
export function parseAnswer(
  body: Buffer,
  headerLength?: string,
): OutputTensor[] | undefined {
  try {
    const parts = new BodyParts(body, headerLength);
    const answer = answerSchema.parse(
      parseJsonExactly(parts.json.toString('utf8')),
    );
    return answer.outputs.map(({ parameters, ...output }) => {
      const size = parameters?.binary_data_size;
      const data =
        size === undefined
          ? (output.data ?? []).flat(Infinity)
          : readBinary(output, parts.take(output.name, size));
      return { ...output, data };
    });
  } catch {
    return undefined;
  }
}

function readBinary(
  output: { name: string; datatype: Datatype; shape: number[] },
  bytes: Buffer,
): unknown[] {
  const { datatype, name, shape } = output;
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Array.from<unknown>(fromBinary(name, datatype, count, bytes));
  if (datatype === 'BOOL') return data.map(Boolean);
  if (datatype !== 'FP16') return data;
  return data.map(bits => fromFloat16Bits(bits as number));
}
