import type { Datatype, ModelInterface } from './tensors';

/**
 * A request that fits the interface: one row of zeros and empty texts.
 * @public
 */
export function exampleRequest({ inputs }: ModelInterface): object {
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
