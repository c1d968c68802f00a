import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  POLICY_KEYS,
  policySchemas,
  type PolicyValues,
  ROLES,
} from '@ml-platform/plugin-ml-common';
import { readCanarySettings } from '../releases/canarySettings';

/** Where each key stands in the configuration, for messages. */
const PATHS = {
  quotas: 'ml.quotas',
  canary: 'ml.releases.canary',
  roles: 'ml.roles',
};

/**
 * The policies that a platform begins with.
 * @throws InputError where the configuration cannot be obeyed
 */
export function readPolicies(config: Config): PolicyValues {
  const quotas = config.getOptionalConfig(PATHS.quotas);
  const roles = config.getOptionalConfig(PATHS.roles);
  const unknown = roles
    ?.keys()
    .filter(key => !ROLES.some(role => role === key));
  if (unknown?.length) {
    throw new InputError(
      `${PATHS.roles}: there is no role '${
        unknown[0]
      }'; the roles are ${ROLES.join(', ')}`,
    );
  }
  const values = {
    quotas: {
      stagingDeploymentsPerTeam:
        quotas?.getOptionalNumber('stagingDeploymentsPerTeam') ?? 5,
      productionReleasesPerTeamPerDay:
        quotas?.getOptionalNumber('productionReleasesPerTeamPerDay') ?? 10,
    },
    canary: readCanarySettings(config),
    roles: Object.fromEntries(
      ROLES.map(role => [role, roles?.getOptionalStringArray(role) ?? []]),
    ),
  };
  for (const key of POLICY_KEYS) {
    // Without any roles, nobody may do anything yet; said where it is felt.
    if (key === 'roles' && !roles) continue;
    const result = policySchemas[key].safeParse(values[key]);
    if (result.success) continue;
    const [{ message, path }] = result.error.issues;
    throw new InputError(`${[PATHS[key], ...path].join('.')}: ${message}`);
  }
  return values as PolicyValues;
}
