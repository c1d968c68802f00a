import type { Datatype } from '@ml-platform/plugin-ml-common';
import { BodyParts } from '../../protocol/BodyParts';
import { flatten } from '../../protocol/flatten';
import { FROM_JSON } from '../../protocol/fromJson';
import { parseAnswer } from '../../protocol/parseAnswer';
import { countOf } from '../../protocol/shapes';
import { toBinary } from '../../protocol/toBinary';
import { binaryToContents, hasContents } from './contents';
import type { ModelInferResponse } from './messages';
import { toParameters } from './parameters';

interface JsonOutput {
  name: string;
  datatype: Datatype;
  shape: number[];
  /** Of outputs that servers give which know JSON only. */
  data?: unknown;
  parameters?: { binary_data_size?: number } | null;
}

/** A worker's answer, JSON and binary tensors after it where it has them, as gRPC has it. */
export function decodeResponse(
  body: Buffer,
  headerLength: string | undefined,
  typed: boolean,
): ModelInferResponse {
  const parts = new BodyParts(body, headerLength);
  const answer = parseAnswer(parts.json.toString('utf8')) as {
    model_name: string;
    model_version?: string;
    id?: string;
    parameters?: object | null;
    outputs: JsonOutput[];
  };
  const { outputs } = answer;
  const bytes = outputs.map(output => bytesOf(output, parts));
  // The two ways never mix.
  const inContents =
    typed && outputs.every(({ datatype }) => hasContents(datatype));
  return {
    modelName: answer.model_name,
    modelVersion: answer.model_version ?? '',
    id: answer.id ?? '',
    parameters: toParameters(answer.parameters),
    outputs: outputs.map(({ name, datatype, shape, parameters }, index) => ({
      ...{ name, datatype, shape },
      parameters: toParameters(parameters),
      contents: inContents
        ? binaryToContents(name, datatype, countOf(shape), bytes[index])
        : undefined,
    })),
    rawOutputContents: inContents ? undefined : bytes,
  };
}

function bytesOf(
  { name, datatype, shape, data, parameters }: JsonOutput,
  parts: BodyParts,
): Buffer {
  const size = parameters?.binary_data_size;
  if (size !== undefined) return parts.take(name, size);
  const values = flatten(name, data, shape, countOf(shape));
  return toBinary(FROM_JSON[datatype](name, values));
}
