/**
 * The data plane: a gateway that speaks the Open Inference Protocol v2 and one
 * worker process for each model version.
 * @packageDocumentation
 */
export * from './startInferenceServer';
export { LOG_LEVELS } from './log/Logger';
export type { LogLevel } from './log/Logger';
