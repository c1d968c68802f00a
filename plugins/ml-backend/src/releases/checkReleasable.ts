import { ConflictError } from '@backstage/errors';
import {
  type Environment,
  mlReleaseProductionPermission,
  mlReleaseStagingPermission,
  type Version,
} from '@ml-platform/plugin-ml-common';

/** What deploying to an environment needs. */
export function deployPermission(environment: Environment) {
  return environment === 'production'
    ? mlReleaseProductionPermission
    : mlReleaseStagingPermission;
}

/** Refuses a version that may not be served in an environment. */
export function checkReleasable(
  version: Version,
  environment: Environment,
): void {
  const name = `${version.model}@${version.version}`;
  if (version.state === 'deleted') {
    throw new ConflictError(`${name} was deleted; its bytes are gone`);
  }
  if (version.state === 'draft' && environment === 'production') {
    throw new ConflictError(
      `${name} is a draft, and drafts never reach production; publish it first ('ml versions publish ${name}')`,
    );
  }
}
