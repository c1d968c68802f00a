import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import type { Tensor } from 'onnxruntime-node';
import { fromFloat16Bits } from './float16';

/** An output of the model with the head of its JSON, made once when the model loads. */
export interface OutputEncoder {
  name: string;
  encode(tensor: Tensor): string;
}

/** Makes the encoder of one declared output. */
export function outputEncoder(spec: TensorSpec): OutputEncoder {
  const head = `{"name":${JSON.stringify(spec.name)},"datatype":"${
    spec.datatype
  }","shape":[`;
  return {
    name: spec.name,
    encode: tensor =>
      `${head}${tensor.dims.join(',')}],"data":[${encodeData(tensor)}]}`,
  };
}

/**
 * Elements by their exact value. What JSON has no literal for becomes "NaN",
 * "Infinity" or "-Infinity", as in Protocol Buffers' JSON.
 */
function encodeData(tensor: Tensor): string {
  const { data } = tensor;
  switch (tensor.type) {
    case 'string':
      return JSON.stringify(data).slice(1, -1);
    case 'bool':
      return Array.from(data as Uint8Array, Boolean).join(',');
    case 'float16':
      return quoteSpecial(
        Array.from(float16Bits(data), fromFloat16Bits).join(','),
      );
    case 'float32':
    case 'float64':
      return quoteSpecial((data as Float32Array).join(','));
    default:
      return (data as Int32Array).join(',');
  }
}

function quoteSpecial(text: string): string {
  // Both NaN and Infinity hold an 'N' or an 'I'; no finite number does.
  if (!text.includes('N') && !text.includes('I')) return text;
  return text.replace(/-?Infinity|NaN/g, '"$&"');
}

/** Node 24 hands out a Float16Array, older ones the bits. */
function float16Bits(data: Tensor.DataType): Uint16Array {
  const view = data as Uint16Array;
  return view instanceof Uint16Array
    ? view
    : new Uint16Array(
        (view as Uint16Array).buffer,
        (view as Uint16Array).byteOffset,
        (view as Uint16Array).length,
      );
}
