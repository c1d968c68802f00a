import type { ByteStream } from './ByteStream';
import { PickleReadError } from './PickleReadError';
import { PickleObject, PickleTuple, type PickleValue } from './values';

const WRAPPER = 'joblib.numpy_pickle.NumpyArrayWrapper';

/** The object, where joblib puts the bytes of an array after it. */
export function arrayWrapperOf(object: PickleObject): PickleObject | undefined {
  return object.of === WRAPPER ? object : undefined;
}

/**
 * Passes over the bytes of an array: a length of padding, the padding, and
 * the elements, or a pickle of its own for elements that are Python objects.
 * The layout is that of `NumpyArrayWrapper.write_array` in joblib 1.
 */
export async function skipArray(
  { fields }: PickleObject,
  stream: ByteStream,
  readPickle: () => Promise<void>,
): Promise<void> {
  const shape = fields.get('shape');
  const dtype = fields.get('dtype');
  const sizes = shape instanceof PickleTuple ? shape.items : [null];
  const type = dtype instanceof PickleObject ? itemOf(dtype) : undefined;
  if (!type || !sizes.every(size => typeof size === 'number')) {
    throw new PickleReadError(
      'it holds an array of unknown size',
      stream.offset,
    );
  }
  if (type.isObject) {
    await readPickle();
    return;
  }
  if (typeof fields.get('numpy_array_alignment_bytes') === 'number') {
    await stream.fill(1);
    await stream.skip(stream.take(1)[0]);
  }
  await stream.skip(
    (sizes as number[]).reduce((product, size) => product * size, type.size),
  );
}

/** Size of an element in bytes, of a `numpy.dtype('f8')` and the like. */
function itemOf(
  dtype: PickleObject,
): { size: number; isObject: boolean } | undefined {
  const name: PickleValue | undefined = dtype.args[0];
  const match =
    dtype.of === 'numpy.dtype' && typeof name === 'string'
      ? /^([biufcSUVOMm])(\d+)$/.exec(name)
      : undefined;
  if (!match) return undefined;
  const [, kind, digits] = match;
  const size = Number(digits) * (kind === 'U' ? 4 : 1);
  if (kind !== 'V') return { size, isObject: kind === 'O' };
  // A record says in its state whether one of its fields holds Python objects.
  const state = dtype.state instanceof PickleTuple ? dtype.state.items : [];
  const flags = state[7] ?? 0;
  if (typeof flags !== 'number') return undefined;
  return { size, isObject: (flags & 1) === 1 };
}
