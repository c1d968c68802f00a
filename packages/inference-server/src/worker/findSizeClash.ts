import type { InferenceSession } from 'onnxruntime-node';

/**
 * Where a request gives two sizes to what the model calls by one name, such as
 * its rows; undefined when it does not. ONNX Runtime takes such requests where
 * a model happens to make sense of them, and fails on others.
 */
export function findSizeClash(
  feeds: Readonly<Record<string, { dims: readonly number[] }>>,
  inputs: readonly InferenceSession.ValueMetadata[],
): string | undefined {
  const first = new Map<string, { name: string; size: number }>();
  for (const input of inputs) {
    const dims = feeds[input.name]?.dims;
    if (!input.isTensor || !dims) continue;
    for (const [axis, symbol] of input.shape.entries()) {
      const size = dims[axis];
      if (typeof symbol !== 'string' || !symbol || size === undefined) continue;
      const { name } = input;
      const other = first.get(symbol);
      if (!other) first.set(symbol, { name, size });
      else if (other.size !== size) {
        return `input '${name}' has ${size} where input '${other.name}' has ${other.size} in its shape; the model wants as many ('${symbol}') in both`;
      }
    }
  }
  return undefined;
}
