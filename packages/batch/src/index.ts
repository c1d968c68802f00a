/**
 * Predicts for each row of a file, once, however often it is interrupted.
 *
 * @packageDocumentation
 */
export { InferenceEndpoint } from './endpoint/InferenceEndpoint';
export type { PaceOptions } from './endpoint/Pace';
export { pathsFor, type RunPaths } from './files/RunFiles';
export { parseRejectionLimit, type RejectionLimit } from './rejectionLimit';
export {
  type BatchReporter,
  type BatchRunOptions,
  type BatchSummary,
  runBatch,
} from './runBatch';
