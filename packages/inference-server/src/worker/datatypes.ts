import type { Datatype } from '@ml-platform/plugin-ml-common';
import type { Tensor } from 'onnxruntime-node';

/** ONNX Runtime's name of each datatype of the protocol. */
export const ORT_TYPE: Record<Datatype, Tensor.Type> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};

/** The protocol's name of a type of ONNX Runtime; its own name when there is none. */
export function datatypeOf(type: string): string {
  const entry = Object.entries(ORT_TYPE).find(([, ort]) => ort === type);
  return entry ? entry[0] : type;
}
