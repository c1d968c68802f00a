import type { ModelInterface, TensorSpec } from '@ml-platform/plugin-ml-common';
import { BodyParts } from '../../protocol/BodyParts';
import { flatten } from '../../protocol/flatten';
import { fromBinary } from '../../protocol/fromBinary';
import { FROM_JSON } from '../../protocol/fromJson';
import { badRequest, quoted } from '../../protocol/InferenceError';
import {
  type Parameters,
  readInferRequest,
  type RequestTensor,
} from '../../protocol/InferRequest';
import { parseBody } from '../../protocol/parseBody';
import { parseJsonExactly } from '../../protocol/parseJson';
import { countElements } from '../../protocol/shapes';
import type { TensorData } from '../../protocol/TensorData';

/** A request that keeps to the interface. */
export interface CheckedRequest {
  id?: string;
  parameters?: Parameters;
  inputs: {
    spec: TensorSpec;
    shape: number[];
    parameters?: Parameters;
    data: TensorData;
  }[];
  /** The outputs asked for; undefined for all of them. */
  outputs?: { name: string; parameters?: Parameters }[];
}

/**
 * Holds a caller's request against the interface before a foreign server sees
 * it: many of them answer a wrong shape with 500, and that would be the
 * version's fault. Throws an `InferenceError`.
 */
export function checkRequest(
  body: Buffer,
  headerLength: string | undefined,
  { inputs, outputs }: ModelInterface,
): CheckedRequest {
  const parts = new BodyParts(body, headerLength);
  const request = readInferRequest(parseBody(parts.json, parseJsonExactly));
  const checked = request.inputs.map(tensor => {
    const spec = inputs.find(({ name }) => name === tensor.name);
    if (!spec) throw badRequest(unknown('input', tensor.name, 'takes', inputs));
    return checkInput(tensor, spec, parts);
  });
  parts.finish();
  for (const spec of inputs) {
    const times = checked.filter(each => each.spec === spec).length;
    if (times === 1) continue;
    throw badRequest(
      times === 0
        ? `input '${spec.name}' is missing; the model takes ${list(inputs)}`
        : `input '${spec.name}' is there twice; send it once`,
    );
  }
  for (const { name } of request.outputs ?? []) {
    if (outputs.some(output => output.name === name)) continue;
    throw badRequest(unknown('output', name, 'gives', outputs));
  }
  const { id, parameters } = request;
  return { id, parameters, inputs: checked, outputs: request.outputs };
}

function checkInput(
  tensor: RequestTensor,
  spec: TensorSpec,
  parts: BodyParts,
): CheckedRequest['inputs'][number] {
  const { name, datatype } = spec;
  if (tensor.datatype !== datatype) {
    throw badRequest(`input '${name}': datatype must be ${datatype}`);
  }
  const count = countElements(name, tensor.shape, spec.shape);
  const shape = tensor.shape as number[];
  const { binarySize } = tensor;
  const data =
    binarySize === undefined
      ? FROM_JSON[datatype](name, flatten(name, tensor.data, shape, count))
      : fromBinary(name, datatype, count, parts.take(name, binarySize));
  return { spec, shape, parameters: tensor.parameters, data };
}

function unknown(
  what: string,
  name: string,
  verb: string,
  declared: readonly TensorSpec[],
): string {
  return `${what} ${quoted(name)} is not known to the model; it ${verb} ${list(
    declared,
  )}`;
}

function list(declared: readonly TensorSpec[]): string {
  return declared
    .map(({ name, datatype }) => `'${name}' (${datatype})`)
    .join(', ');
}
