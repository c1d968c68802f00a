import { badRequest } from './InferenceError';
import { exactInteger } from './parseJson';

/** An inference request as far as its form goes; tensors are looked at one by one. */
export interface InferRequest {
  id?: string;
  inputs: RequestTensor[];
  /** The outputs asked for; undefined for all of them. */
  outputs?: RequestedOutput[];
  /** Outputs come in binary where nothing else is said. */
  binaryOutput: boolean;
}

export interface RequestTensor {
  name: string;
  datatype?: unknown;
  shape?: unknown;
  data?: unknown;
  /** Size of its binary data, for those that have it. */
  binarySize?: unknown;
}

export interface RequestedOutput {
  name: string;
  binary: boolean;
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
  const binaryOutput =
    flag(body.parameters, 'binary_data_output', 'the request') ?? false;
  return {
    id: id as string | undefined,
    inputs: inputs.map(readTensor),
    outputs: readOutputs(outputs, binaryOutput),
    binaryOutput,
  };
}

function readTensor(tensor: unknown, index: number): RequestTensor {
  if (!isRecord(tensor) || typeof tensor.name !== 'string') {
    throw badRequest(
      `inputs[${index}] must be an object with the tensor's name, shape, datatype and data`,
    );
  }
  const { name, datatype, shape, data, parameters } = tensor;
  if (parameters === undefined) return { name, datatype, shape, data };
  const binarySize = parametersOf(
    parameters,
    `inputs[${index}]`,
  ).binary_data_size;
  return { name, datatype, shape, data, binarySize };
}

function readOutputs(
  outputs: unknown,
  binaryOutput: boolean,
): RequestedOutput[] | undefined {
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
    const { name, parameters } = output;
    const binary = flag(parameters, 'binary_data', `outputs[${index}]`);
    return { name, binary: binary ?? binaryOutput };
  });
}

function flag(
  parameters: unknown,
  name: string,
  where: string,
): boolean | undefined {
  const value = parametersOf(parameters, where)[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw badRequest(`parameter ${name} of ${where} must be true or false`);
}

function parametersOf(
  parameters: unknown,
  where: string,
): Record<string, unknown> {
  if (parameters === undefined) return {};
  if (isRecord(parameters)) return parameters;
  throw badRequest(`parameters of ${where} must be an object`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
