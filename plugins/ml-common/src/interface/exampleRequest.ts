import type { Datatype, ModelInterface } from './tensors';

/** A request of the Open Inference Protocol, as JSON. @public */
export interface ExampleRequest {
  inputs: Array<{
    name: string;
    datatype: Datatype;
    shape: number[];
    /** Flat, in row-major order. */
    data: unknown[];
  }>;
}

/**
 * A request that fits the interface: one row of zeros and empty texts.
 * @public
 */
export function exampleRequest({ inputs }: ModelInterface): ExampleRequest {
  return {
    inputs: inputs.map(({ name, datatype, shape }) => {
      const fixed = shape.map(size => (size === -1 ? 1 : size));
      const count = fixed.reduce((product, size) => product * size, 1);
      return {
        name,
        datatype,
        shape: fixed,
        data: Array<unknown>(count).fill(zeroOf(datatype)),
      };
    }),
  };
}

function zeroOf(datatype: Datatype) {
  if (datatype === 'BOOL') return false;
  return datatype === 'BYTES' ? '' : 0;
}
