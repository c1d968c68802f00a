export { importKind, type ImportKind } from './imports';
export { PickleReadError } from './PickleReadError';
export {
  scanPickle,
  type PickleFacts,
  type ScanPickleOptions,
} from './scanPickle';
