import { apiVersionOf, type Routes } from '@ml-platform/plugin-ml-common';
import { ConflictError, InputError } from '@backstage/errors';
import { isDeepStrictEqual } from 'node:util';
import { type ServedModel, versionsIn } from './ServedModel';

/**
 * Says whether routes are new to a model (`true`) or the accepted ones again
 * (`false`). Throws when they may not be accepted.
 */
export function checkRoutes(model: ServedModel, routes: Routes): boolean {
  checkPins(routes);
  const accepted = model.routes;
  if (accepted && routes.generation <= accepted.generation) {
    if (isDeepStrictEqual(routes, accepted)) return false;
    throw new ConflictError(
      `generation ${routes.generation} of the routes is not above the accepted ${accepted.generation}; read the status and send a higher one`,
    );
  }
  checkReady(model, routes);
  return true;
}

/** Refuses routes that pin an API version to a version of another one. */
export function checkPins(routes: Routes): void {
  for (const [major, split] of Object.entries(routes.majors)) {
    for (const { version } of split) {
      if (apiVersionOf(version) !== Number(major)) {
        throw new InputError(
          `majors.${major} names version ${version}, whose major is ${apiVersionOf(
            version,
          )}`,
        );
      }
    }
  }
}

/** Refuses routes to versions that could not answer. */
export function checkReady(model: ServedModel, routes: Routes): void {
  for (const version of versionsIn(routes)) checkVersionReady(model, version);
}

/** Refuses a version that could not answer. */
export function checkVersionReady(model: ServedModel, version: string): void {
  const runner = model.versions.get(version);
  if (runner?.state === 'ready') return;
  throw new ConflictError(
    `version ${version} is not ready: ${
      runner
        ? [runner.state, runner.reason].filter(Boolean).join(', ')
        : 'it was never accepted'
    }; load it and wait until it is ready`,
  );
}
