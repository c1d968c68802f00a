import { HEADER_LENGTH } from '../../protocol/BodyParts';
import { badRequest } from '../../protocol/InferenceError';
import { stringifyExactly } from '../../protocol/parseJson';
import { contentsToBinary } from './contents';
import type { ModelInferRequest } from './messages';
import { fromParameters } from './parameters';

/** Says whether a request has its elements in typed contents. */
export function isTyped({
  inputs,
  rawInputContents,
}: ModelInferRequest): boolean {
  return (
    !rawInputContents.length &&
    inputs.some(({ contents }) => contents !== undefined && contents !== null)
  );
}

/** The request in the encoding that REST has and workers read: JSON, then binary tensors. */
export function encodeRequest(request: ModelInferRequest): {
  body: Buffer;
  headers: Record<string, string>;
} {
  const binary = inputBytes(request);
  const { id, inputs, outputs, parameters } = request;
  const json = Buffer.from(
    stringifyExactly({
      id: id || undefined,
      parameters: { ...fromParameters(parameters), binary_data_output: true },
      inputs: inputs.map((input, index) => ({
        name: input.name,
        datatype: input.datatype,
        shape: input.shape.map(size => size.toNumber()),
        parameters: {
          ...fromParameters(input.parameters),
          binary_data_size: binary[index].length,
        },
      })),
      outputs: outputs.length
        ? outputs.map(output => ({
            name: output.name,
            parameters: fromParameters(output.parameters),
          }))
        : undefined,
    }),
  );
  return {
    body: Buffer.concat([json, ...binary]),
    headers: {
      'content-type': 'application/octet-stream',
      [HEADER_LENGTH]: String(json.length),
    },
  };
}

function inputBytes({ inputs, rawInputContents }: ModelInferRequest): Buffer[] {
  if (!rawInputContents.length) {
    return inputs.map(({ name, datatype, contents }) =>
      contents
        ? contentsToBinary(name, datatype, contents)
        : // No elements, as those of a tensor with no rows.
          Buffer.alloc(0),
    );
  }
  if (inputs.some(({ contents }) => contents)) {
    throw badRequest(
      'raw_input_contents and contents are both there; send all inputs in one of the two ways',
    );
  }
  if (rawInputContents.length !== inputs.length) {
    throw badRequest(
      `raw_input_contents has ${rawInputContents.length} elements for ${inputs.length} inputs; send one for each, in their order`,
    );
  }
  return rawInputContents;
}
