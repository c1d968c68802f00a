import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import { BINARY_PARAMETERS } from '../../protocol/binaryParameters';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import type { Parameters } from '../../protocol/InferRequest';
import { stringifyExactly } from '../../protocol/parseJson';
import { toJson } from '../../protocol/toJson';
import { type CheckedRequest, checkRequest } from './checkRequest';

/**
 * Makes of what a caller sent the plain JSON that foreign servers take, after
 * holding it against the interface. `askFor` names the outputs to ask for where
 * the caller did not. Throws an `InferenceError`.
 */
export function toPlainRequest(
  body: Buffer,
  headers: Record<string, string>,
  options: { interface: ModelInterface; askFor?: readonly string[] },
): Buffer {
  const headerLength = headers[HEADER_LENGTH];
  const request = checkRequest(body, headerLength, options.interface);
  const outputs = request.outputs ?? options.askFor?.map(name => ({ name }));
  if (headerLength !== undefined) return write({ ...request, outputs });
  if (request.outputs || !outputs) return body;
  // Spliced in, so that nothing changes of what the caller wrote.
  return Buffer.concat([
    body.subarray(0, body.lastIndexOf('}')),
    Buffer.from(`,"outputs":${JSON.stringify(outputs)}}`),
  ]);
}

function write({ id, inputs, outputs, parameters }: CheckedRequest): Buffer {
  const tensors = inputs.map(input => {
    const { data, shape, spec } = input;
    const head = stringifyExactly({
      ...{ name: spec.name, datatype: spec.datatype, shape },
      parameters: withoutBinary(input.parameters),
    });
    return `${head.slice(0, -1)},"data":[${toJson(spec.datatype, data)}]}`;
  });
  const envelope = stringifyExactly({
    id,
    parameters: withoutBinary(parameters),
    outputs: outputs?.map(output => ({
      name: output.name,
      parameters: withoutBinary(output.parameters),
    })),
  });
  const start = envelope === '{}' ? '{' : `${envelope.slice(0, -1)},`;
  return Buffer.from(`${start}"inputs":[${tensors.join(',')}]}`);
}

/** Parameters for the server; those of the binary extension are for the gateway. */
function withoutBinary(
  parameters: Parameters | undefined,
): Parameters | undefined {
  const entries = Object.entries(parameters ?? {}).filter(
    ([name]) => !BINARY_PARAMETERS.includes(name),
  );
  return entries.length ? Object.fromEntries(entries) : undefined;
}
