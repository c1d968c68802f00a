import {
  type Datatype,
  DATATYPES,
  type ModelInterface,
  type TensorSpec,
} from '@ml-platform/plugin-ml-common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of a committed model. */
export function fixture(name: string): Buffer {
  return readFileSync(fixturePath(name));
}

export function fixturePath(name: string): string {
  // eslint-disable-next-line no-restricted-syntax
  return join(__dirname, '../../fixtures', `${name}.onnx`);
}

export function tensor(
  name: string,
  datatype: Datatype,
  ...shape: number[]
): TensorSpec {
  return { name, datatype, shape };
}

export const ARITHMETIC: ModelInterface = {
  inputs: [tensor('a', 'FP32', -1, 3), tensor('b', 'FP32', -1, 3)],
  outputs: [tensor('sum', 'FP32', -1, 3), tensor('difference', 'FP32', -1, 3)],
};

export const INTEGERS: ModelInterface = {
  inputs: [tensor('n', 'INT64', -1)],
  outputs: [tensor('same', 'INT64', -1)],
};

export const TEXT: ModelInterface = {
  inputs: [tensor('words', 'BYTES', -1, -1)],
  outputs: [tensor('same', 'BYTES', -1, -1)],
};

/** Each datatype as it came, by the lower-case names of the protocol. */
export const EVERY_TYPE: ModelInterface = {
  inputs: DATATYPES.map(type => tensor(type.toLowerCase(), type, -1)),
  outputs: DATATYPES.map(type => tensor(`${type.toLowerCase()}_out`, type, -1)),
};

export const DIVIDE: ModelInterface = {
  inputs: [tensor('a', 'FP32', -1), tensor('b', 'FP32', -1)],
  outputs: [tensor('quotient', 'FP32', -1)],
};

export const SLOW: ModelInterface = {
  inputs: [tensor('rounds', 'INT64')],
  outputs: [tensor('total', 'FP32')],
};

/** A request that the arithmetic model answers with `sum` [1, 2, 3]. */
export const ADD = {
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] },
    { name: 'b', datatype: 'FP32', shape: [1, 3], data: [0, 0, 0] },
  ],
};

/** The same as a message of gRPC. */
export function addMessage(modelName = 'test') {
  return {
    modelName,
    inputs: ADD.inputs.map(({ data, ...input }) => ({
      ...input,
      contents: { fp32Contents: data },
    })),
  };
}

/** A request that keeps the slow model busy; a million rounds take about a second. */
export function slowRequest(rounds: number) {
  return {
    inputs: [{ name: 'rounds', datatype: 'INT64', shape: [], data: [rounds] }],
  };
}
