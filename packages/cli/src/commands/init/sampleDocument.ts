import type { OnnxTensor } from '@ml-platform/plugin-ml-common';
import type { Tensors } from './Proposal';

/** More than this makes no sample that anybody reads, and no document that is accepted. */
const MAX_VALUES = 500_000;

/** Writes a request of zeros, one row of it; undefined where it would be too large. */
export function sampleDocument({
  inputs,
}: Pick<Tensors, 'inputs'>): string | undefined {
  const tensors = inputs.map(toZeros);
  const total = tensors.reduce((sum, { count }) => sum + count, 0);
  if (total > MAX_VALUES) return undefined;
  const lines = tensors.map(
    ({ tensor: { name, datatype }, shape, count, zero }) => {
      const data = Array.from({ length: count }, () => zero);
      const fields = Object.entries({ name, datatype, shape, data }).map(
        ([field, value]) => `      "${field}": ${JSON.stringify(value)}`,
      );
      return `    {\n${fields.join(',\n')}\n    }`;
    },
  );
  return `{\n  "inputs": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

function toZeros(tensor: OnnxTensor) {
  const shape = (tensor.shape ?? [1]).map(size => (size === -1 ? 1 : size));
  const count = shape.reduce((product, size) => product * size, 1);
  return { tensor, shape, count, zero: zeroOf(tensor.datatype) };
}

function zeroOf(datatype: OnnxTensor['datatype']) {
  if (datatype === 'BOOL') return false;
  return datatype === 'BYTES' ? '' : 0;
}
