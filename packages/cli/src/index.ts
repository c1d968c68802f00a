/**
 * The `ml` command line. It is used as a program; the packaging and pushing
 * half of it is the library `@ml-platform/packaging`.
 *
 * @packageDocumentation
 */
export { CliError, type CliErrorOptions } from './errors/CliError';
export { ExitCode, type ExitStatus } from './errors/ExitCode';
