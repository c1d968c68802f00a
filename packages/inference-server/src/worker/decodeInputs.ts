import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import { Tensor } from 'onnxruntime-node';
import { ORT_TYPE } from './datatypes';
import { DECODERS } from './elements';
import { flatten } from './flatten';
import { badRequest, quoted } from './InferenceError';
import type { RequestTensor } from './InferRequest';
import { countElements } from './shapes';

/** Checks a request's tensors against the interface and makes ONNX Runtime's of them. */
export function decodeInputs(
  tensors: RequestTensor[],
  declared: readonly TensorSpec[],
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
    feeds[spec.name] = decodeInput(tensor, spec);
  }
  for (const spec of declared) {
    if (!Object.hasOwn(feeds, spec.name)) {
      throw badRequest(
        `input '${spec.name}' is missing; the model takes ${list(declared)}`,
      );
    }
  }
  return feeds;
}

function decodeInput(tensor: RequestTensor, spec: TensorSpec): Tensor {
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
  const values = flatten(name, tensor.data, shape, count);
  const data = DECODERS[datatype](name, values);
  return new Tensor(ORT_TYPE[datatype], data, shape);
}

function list(declared: readonly TensorSpec[]): string {
  return declared
    .map(({ name, datatype }) => `'${name}' (${datatype})`)
    .join(', ');
}
