import { badRequest } from './InferenceError';
import { exactInteger } from './parseJson';

/** Something a caller adds to a request, a tensor or an output, by name. */
export type Parameters = Record<string, unknown>;

/**
 * An inference request as far as its form goes; tensors are looked at one by
 * one. What a caller wrote as null is not there: clients that serialize an
 * object write so of every optional field.
 */
export interface InferRequest {
  id?: string;
  parameters?: Parameters;
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
  parameters?: Parameters;
  /** Size of its binary data, for those that have it. */
  binarySize?: unknown;
}

export interface RequestedOutput {
  name: string;
  parameters?: Parameters;
  binary: boolean;
}

/** Reads the envelope of a request: what does not depend on the model. */
export function readInferRequest(body: unknown): InferRequest {
  if (!isRecord(body)) {
    throw badRequest(
      'the body must be a JSON object {"inputs": [{"name", "shape", "datatype", "data"}]}',
    );
  }
  const { inputs, outputs } = body;
  const id = body.id ?? undefined;
  if (id !== undefined && (typeof id !== 'string' || exactInteger(id))) {
    throw badRequest('id must be a string; put it in quotes or leave it out');
  }
  if (!Array.isArray(inputs)) {
    throw badRequest(
      'inputs must be a list of tensors {"name", "shape", "datatype", "data"}',
    );
  }
  const parameters = parametersOf(body.parameters, 'the request');
  const binaryOutput =
    flag(parameters, 'binary_data_output', 'the request') ?? false;
  return {
    id: id as string | undefined,
    parameters,
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
  const { name, datatype, shape } = tensor;
  const data = tensor.data ?? undefined;
  const parameters = parametersOf(tensor.parameters, `inputs[${index}]`);
  const binarySize = parameters?.binary_data_size;
  return { name, datatype, shape, data, parameters, binarySize };
}

function readOutputs(
  outputs: unknown,
  binaryOutput: boolean,
): RequestedOutput[] | undefined {
  if (outputs === undefined || outputs === null) return undefined;
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
    const { name } = output;
    const where = `outputs[${index}]`;
    const parameters = parametersOf(output.parameters, where);
    const binary = flag(parameters, 'binary_data', where);
    return { name, parameters, binary: binary ?? binaryOutput };
  });
}

function flag(
  parameters: Parameters | undefined,
  name: string,
  where: string,
): boolean | undefined {
  const value = parameters?.[name] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw badRequest(`parameter ${name} of ${where} must be true or false`);
}

function parametersOf(
  parameters: unknown,
  where: string,
): Parameters | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (isRecord(parameters)) return parameters;
  throw badRequest(`parameters of ${where} must be an object`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
