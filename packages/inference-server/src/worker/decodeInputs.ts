import type { Datatype, TensorSpec } from '@ml-platform/plugin-ml-common';
import { Tensor } from 'onnxruntime-node';
import { ORT_TYPE } from './datatypes';
import type { BodyParts } from '../protocol/BodyParts';
import { fromBinary } from '../protocol/fromBinary';
import { FROM_JSON } from '../protocol/fromJson';
import { flatten } from '../protocol/flatten';
import { badRequest, quoted } from '../protocol/InferenceError';
import type { RequestTensor } from '../protocol/InferRequest';
import { countElements } from '../protocol/shapes';
import type { TensorData } from '../protocol/TensorData';

/** Checks a request's tensors against the interface and makes ONNX Runtime's of them. */
export function decodeInputs(
  tensors: RequestTensor[],
  declared: readonly TensorSpec[],
  parts: BodyParts,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const tensor of tensors) {
    const spec = declared.find(({ name }) => name === tensor.name);
    if (!spec) {
      throw badRequest(
        `input ${quoted(
          tensor.name,
        )} is not known to the model; it takes ${list(declared)}`,
      );
    }
    if (Object.hasOwn(feeds, spec.name)) {
      throw badRequest(`input '${spec.name}' is there twice; send it once`);
    }
    feeds[spec.name] = decodeInput(tensor, spec, parts);
  }
  parts.finish();
  for (const spec of declared) {
    if (!Object.hasOwn(feeds, spec.name)) {
      throw badRequest(
        `input '${spec.name}' is missing; the model takes ${list(declared)}`,
      );
    }
  }
  return feeds;
}

function decodeInput(
  tensor: RequestTensor,
  spec: TensorSpec,
  parts: BodyParts,
): Tensor {
  const { name, datatype } = spec;
  if (tensor.datatype !== datatype) {
    throw badRequest(
      `input '${name}': datatype must be ${datatype}, not ${
        typeof tensor.datatype === 'string'
          ? tensor.datatype.slice(0, 20)
          : typeof tensor.datatype
      }`,
    );
  }
  const count = countElements(name, tensor.shape, spec.shape);
  const shape = tensor.shape as number[];
  const data = decodeData(tensor, { datatype, shape, count }, parts);
  if (datatype === 'BYTES') checkStrings(name, data as readonly string[]);
  return new Tensor(ORT_TYPE[datatype], data as Tensor.DataType, shape);
}

/** ONNX Runtime's binding cuts strings there, and says nothing. */
function checkStrings(name: string, texts: readonly string[]): void {
  const index = texts.findIndex(text => text.includes('\0'));
  if (index === -1) return;
  throw badRequest(
    `input '${name}': element ${index} must be text without NUL characters, which ONNX Runtime cannot take`,
  );
}

function decodeData(
  { name, data, binarySize }: RequestTensor,
  expected: { datatype: Datatype; shape: number[]; count: number },
  parts: BodyParts,
): TensorData {
  const { datatype, shape, count } = expected;
  if (binarySize === undefined) {
    return FROM_JSON[datatype](name, flatten(name, data, shape, count));
  }
  if (data !== undefined) {
    throw badRequest(
      `input '${name}': data and binary_data_size are both there; send one of them`,
    );
  }
  return fromBinary(name, datatype, count, parts.take(name, binarySize));
}

function list(declared: readonly TensorSpec[]): string {
  return declared
    .map(({ name, datatype }) => `'${name}' (${datatype})`)
    .join(', ');
}
