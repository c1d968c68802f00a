/**
 * The packaging half of the `ml` command line, as a library.
 *
 * @packageDocumentation
 */
export * from './packaging';
export { CliError, type CliErrorOptions } from './errors/CliError';
export { ExitCode, type ExitStatus } from './errors/ExitCode';
