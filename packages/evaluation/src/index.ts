/**
 * Runs the evaluation suite of a package against the packaged model in its
 * real worker, and states the result.
 *
 * @packageDocumentation
 */
export {
  reportBytes,
  type TestResult,
  testResultSchema,
  testResultStatement,
} from './attestation';
export { evaluate, type EvaluateOptions } from './evaluate';
export { renderHtml } from './report/renderHtml';
export { readModel } from './suite/readModel';
export { findProgram } from './worker/findServer';
export { plainEnvironment } from './worker/startWorker';
