/**
 * Helpers for tests that run the whole platform as real processes.
 * @packageDocumentation
 */
export { Platform } from './testing/Platform';
export { Traffic } from './testing/Traffic';
