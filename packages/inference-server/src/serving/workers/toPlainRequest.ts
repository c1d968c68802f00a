import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
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
  const outputs = request.outputs ?? options.askFor;
  if (headerLength !== undefined) return write(request, outputs);
  if (request.outputs || !outputs) return body;
  // Spliced in, so that nothing changes of what the caller wrote.
  return Buffer.concat([
    body.subarray(0, body.lastIndexOf('}')),
    Buffer.from(`,${writeOutputs(outputs)}}`),
  ]);
}

function write(
  { id, inputs }: CheckedRequest,
  outputs: readonly string[] | undefined,
): Buffer {
  const tensors = inputs.map(({ spec, shape, data }) => {
    const head = JSON.stringify({
      ...{ name: spec.name, datatype: spec.datatype, shape },
    });
    return `${head.slice(0, -1)},"data":[${toJson(spec.datatype, data)}]}`;
  });
  const fields = [`"inputs":[${tensors.join(',')}]`];
  if (id !== undefined) fields.unshift(`"id":${JSON.stringify(id)}`);
  if (outputs) fields.push(writeOutputs(outputs));
  return Buffer.from(`{${fields.join(',')}}`);
}

function writeOutputs(names: readonly string[]): string {
  return `"outputs":${JSON.stringify(names.map(name => ({ name })))}`;
}
