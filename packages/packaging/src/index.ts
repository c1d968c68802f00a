/**
 * Makes packages of model directories, pushes and registers them: what the
 * `ml` command and the scaffolder's actions have in common.
 *
 * @packageDocumentation
 */
export { ExitCode, type ExitStatus } from './errors/ExitCode';
export { statusOptions } from './errors/statusOptions';
export { ToolError, type ToolErrorOptions } from './errors/ToolError';
export { backoff, isTransient } from './network/backoff';
export {
  authorizedFetch,
  createPortalClient,
  type PortalAccess,
} from './network/createPortalClient';
export { saveResponse } from './network/saveResponse';
export { toUnreachable } from './network/toUnreachable';
export * from './package';
export * from './push';
export {
  registerPackage,
  type RegisteredPackage,
  type RegisterPackageOptions,
} from './register/registerPackage';
export { formatBytes, plural } from './text/format';
