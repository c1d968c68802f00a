import type { ModelInterface, TensorSpec } from '@ml-platform/plugin-ml-common';
import { BodyParts } from '../../protocol/BodyParts';
import { flatten } from '../../protocol/flatten';
import { fromBinary } from '../../protocol/fromBinary';
import { FROM_JSON } from '../../protocol/fromJson';
import { badRequest, quoted } from '../../protocol/InferenceError';
import {
  readInferRequest,
  type RequestTensor,
} from '../../protocol/InferRequest';
import { parseJsonExactly } from '../../protocol/parseJson';
import { countElements } from '../../protocol/shapes';
import type { TensorData } from '../../protocol/TensorData';

/** A request that keeps to the interface. */
export interface CheckedRequest {
  id?: string;
  inputs: { spec: TensorSpec; shape: number[]; data: TensorData }[];
  /** Names of the outputs asked for; undefined for all of them. */
  outputs?: string[];
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
  const request = readInferRequest(parse(parts.json));
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
  return {
    id: request.id,
    inputs: checked,
    outputs: request.outputs?.map(({ name }) => name),
  };
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
  return { spec, shape, data };
}

function parse(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return parseJsonExactly(text);
  } catch {
    // The parser's own message quotes the text, which may be personal data.
    throw badRequest(
      text.trim() === ''
        ? 'the body is empty; send {"inputs": [...]} as JSON'
        : 'the body is not valid JSON; note that NaN and Infinity must be in quotes',
    );
  }
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
