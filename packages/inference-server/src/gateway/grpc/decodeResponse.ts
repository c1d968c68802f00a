import type { Datatype } from '@ml-platform/plugin-ml-common';
import { BodyParts } from '../../protocol/BodyParts';
import { binaryToContents, hasContents } from './contents';
import type { ModelInferResponse } from './messages';

interface JsonOutput {
  name: string;
  datatype: Datatype;
  shape: number[];
  parameters: { binary_data_size: number };
}

/** A worker's answer, JSON and then binary tensors, as gRPC has it. */
export function decodeResponse(
  body: Buffer,
  headerLength: string | undefined,
  typed: boolean,
): ModelInferResponse {
  const parts = new BodyParts(body, headerLength);
  const answer = JSON.parse(parts.json.toString('utf8'));
  const outputs: JsonOutput[] = answer.outputs;
  const bytes = outputs.map(({ name, parameters }) =>
    parts.take(name, parameters.binary_data_size),
  );
  // The two ways never mix.
  const inContents =
    typed && outputs.every(({ datatype }) => hasContents(datatype));
  return {
    modelName: answer.model_name,
    modelVersion: answer.model_version ?? '',
    id: answer.id ?? '',
    outputs: outputs.map(({ name, datatype, shape }, index) => ({
      ...{ name, datatype, shape },
      contents: inContents
        ? binaryToContents(name, datatype, countOf(shape), bytes[index])
        : undefined,
    })),
    rawOutputContents: inContents ? undefined : bytes,
  };
}

function countOf(shape: number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}
