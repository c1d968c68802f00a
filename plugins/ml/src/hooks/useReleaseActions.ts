import { useMemo } from 'react';
import {
  ENVIRONMENTS,
  mlReleaseOverridePermission,
  mlReleaseProductionPermission,
  mlReleaseRollbackPermission,
  mlReleaseStagingPermission,
} from '@ml-platform/plugin-ml-common';
import type { Environment, Model } from '@ml-platform/plugin-ml-common';
import { type ReleaseActions, releaseActions } from '../lib/actions';
import { deploymentTo } from '../lib/summary';
import { useRight } from './useRight';

/** What the signed-in user can do with the model now, by environment. */
export function useReleaseActions(
  model: Model,
): Record<Environment, ReleaseActions> {
  const rights = {
    staging: useRight(mlReleaseStagingPermission, model.name),
    production: useRight(mlReleaseProductionPermission, model.name),
    rollback: useRight(mlReleaseRollbackPermission, model.name),
    override: useRight(mlReleaseOverridePermission, model.name),
  };
  return useMemo(
    () =>
      Object.fromEntries(
        ENVIRONMENTS.map(environment => [
          environment,
          releaseActions({
            model,
            environment,
            deployment: deploymentTo(model, environment),
            rights: {
              deploy: rights[environment],
              rollback: rights.rollback,
              override: rights.override,
            },
          }),
        ]),
      ) as Record<Environment, ReleaseActions>,
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [
      model,
      rights.staging,
      rights.production,
      rights.rollback,
      rights.override,
    ],
  );
}
