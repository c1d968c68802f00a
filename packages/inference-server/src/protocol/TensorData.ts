import type { Datatype } from '@ml-platform/plugin-ml-common';

/** Elements of a tensor in row-major order; half-precision numbers by their bits. */
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly string[];

/** What holds the elements of each datatype; strings are in plain arrays. */
export const ARRAY_TYPE = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} satisfies Record<Exclude<Datatype, 'BYTES'>, unknown>;
