import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import type { Tensor } from 'onnxruntime-node';
import type { TensorData } from '../protocol/TensorData';
import { toBinary } from '../protocol/toBinary';
import { toJson } from '../protocol/toJson';

/** An output of the model with the head of its JSON, made once when the model loads. */
export interface OutputEncoder {
  name: string;
  /** The JSON of an output; for a binary one its bytes are put behind those in `binary`. */
  encode(tensor: Tensor, binary: Buffer[] | undefined): string;
}

/** Makes the encoder of one declared output. */
export function outputEncoder(spec: TensorSpec): OutputEncoder {
  const { name, datatype } = spec;
  const head = `{"name":${JSON.stringify(
    name,
  )},"datatype":"${datatype}","shape":[`;
  return {
    name,
    encode(tensor, binary) {
      const data = dataOf(tensor);
      const shape = `${head}${tensor.dims.join(',')}]`;
      if (!binary) return `${shape},"data":[${toJson(datatype, data)}]}`;
      const bytes = toBinary(data);
      binary.push(bytes);
      return `${shape},"parameters":{"binary_data_size":${bytes.length}}}`;
    },
  };
}

function dataOf({ type, data }: Tensor): TensorData {
  // Node 24 hands out a Float16Array, older ones the bits.
  if (type !== 'float16' || data instanceof Uint16Array) {
    return data as TensorData;
  }
  const { buffer, byteOffset, length } = data as Float32Array;
  return new Uint16Array(buffer as ArrayBuffer, byteOffset, length);
}
