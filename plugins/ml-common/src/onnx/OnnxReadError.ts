/**
 * The bytes are not an ONNX model that can be read.
 * @public
 */
export class OnnxReadError extends Error {
  readonly name = 'OnnxReadError';
}
