import type { Datatype } from '../interface/tensors';

/**
 * A tensor that goes into or comes out of an ONNX graph.
 * @public
 */
export interface OnnxTensor {
  name: string;
  datatype: Datatype;
  /** Dimensions, -1 where the graph names none; absent when even the rank is open. */
  shape?: number[];
}

/**
 * An input or output that the Open Inference Protocol cannot carry.
 * @public
 */
export interface OnnxUnsupported {
  name: string;
  side: 'inputs' | 'outputs';
  /** What it is, in ONNX's words, e.g. `sequence of map(int64, float)`. */
  type: string;
}

/**
 * What an ONNX file says of its inputs and outputs.
 * @public
 */
export interface OnnxInterface {
  irVersion: number;
  producer: string;
  /** Inputs a caller has to send. */
  inputs: OnnxTensor[];
  /** Inputs with a default value in the file. */
  optionalInputs: OnnxTensor[];
  outputs: OnnxTensor[];
  unsupported: OnnxUnsupported[];
  /** Number of weights and constants in the graph. */
  initializers: number;
  /** Files with weights that lie outside of the ONNX file, relative to it. */
  externalData: string[];
}
