import { badRequest } from './InferenceError';
import { exactInteger } from './parseJson';

/** An inference request as far as its form goes; tensors are looked at one by one. */
export interface InferRequest {
  id?: string;
  inputs: RequestTensor[];
  /** Names of the outputs asked for; undefined for all of them. */
  outputs?: string[];
}

export interface RequestTensor {
  name: string;
  datatype?: unknown;
  shape?: unknown;
  data?: unknown;
}

/** Reads the envelope of a request: what does not depend on the model. */
export function readInferRequest(body: unknown): InferRequest {
  if (!isRecord(body)) {
    throw badRequest(
      'the body must be a JSON object {"inputs": [{"name", "shape", "datatype", "data"}]}',
    );
  }
  const { id, inputs, outputs } = body;
  if (id !== undefined && (typeof id !== 'string' || exactInteger(id))) {
    throw badRequest('id must be a string; put it in quotes or leave it out');
  }
  if (!Array.isArray(inputs)) {
    throw badRequest(
      'inputs must be a list of tensors {"name", "shape", "datatype", "data"}',
    );
  }
  return {
    id: id as string | undefined,
    inputs: inputs.map((tensor, index) => {
      if (!isRecord(tensor) || typeof tensor.name !== 'string') {
        throw badRequest(
          `inputs[${index}] must be an object with the tensor's name, shape, datatype and data`,
        );
      }
      return tensor as unknown as RequestTensor;
    }),
    outputs: readOutputs(outputs),
  };
}

function readOutputs(outputs: unknown): string[] | undefined {
  if (outputs === undefined) return undefined;
  if (!Array.isArray(outputs)) {
    throw badRequest(
      'outputs must be a list of {"name"}; leave it out for all outputs',
    );
  }
  // Clients that build the list for all cases send an empty one for "all".
  if (outputs.length === 0) return undefined;
  return outputs.map((output, index) => {
    if (!isRecord(output) || typeof output.name !== 'string') {
      throw badRequest(`outputs[${index}] must be an object with a name`);
    }
    return output.name;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
