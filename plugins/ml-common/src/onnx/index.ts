export { bytesSource, type ByteSource } from './ByteSource';
export {
  checkOnnxArtifact,
  type CheckOnnxArtifactOptions,
} from './checkOnnxArtifact';
export {
  checkOnnxInterface,
  type CheckOnnxInterfaceOptions,
} from './checkOnnxInterface';
export { OnnxReadError } from './OnnxReadError';
export { readOnnxInterface } from './readOnnxInterface';
export type { OnnxInterface, OnnxTensor, OnnxUnsupported } from './types';
