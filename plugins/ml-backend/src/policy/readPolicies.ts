import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  POLICY_KEYS,
  type PolicyKey,
  policySchemas,
  type PolicyValues,
  ROLES,
} from '@ml-platform/plugin-ml-common';
import { readCanarySettings } from '../releases/canarySettings';

/** Where each key stands in the configuration, for messages. */
const PATHS: Record<PolicyKey, string> = {
  quotas: 'ml.quotas',
  releases: 'ml.releases',
  canary: 'ml.releases.canary',
  freezes: 'ml.releases.freezes',
  signatures: 'ml.signatures',
  evaluation: 'ml.evaluation',
  aliases: 'ml.aliases',
  artifacts: 'ml.artifacts.embedded',
  roles: 'ml.roles',
};
const TEN_GIB = 10 * 1024 ** 3;

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
    releases: {
      productionStrategy:
        config.getOptionalString('ml.releases.productionStrategy') ?? 'canary',
    },
    canary: readCanarySettings(config),
    freezes: config.getOptional(PATHS.freezes) ?? [],
    signatures: {
      requiredForProduction:
        config.getOptionalBoolean('ml.signatures.requiredForProduction') ??
        false,
    },
    evaluation: {
      requiredFor: config.getOptionalStringArray(
        'ml.evaluation.requiredFor',
      ) ?? ['production'],
    },
    aliases: { evidence: config.getOptional('ml.aliases.evidence') ?? {} },
    artifacts: {
      maxArtifactBytes:
        config.getOptionalNumber('ml.artifacts.embedded.maxArtifactBytes') ??
        TEN_GIB,
    },
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

/**
 * Policies that nobody changes in the portal.
 * @throws InputError where it names one that there is not
 */
export function readConfiguredOnly(config: Config): PolicyKey[] {
  const path = 'ml.policy.configuredOnly';
  return (config.getOptionalStringArray(path) ?? []).map(name => {
    const key = POLICY_KEYS.find(known => known === name);
    if (key) return key;
    throw new InputError(
      `${path}: there is no policy '${name}'; the policies are ${POLICY_KEYS.join(
        ', ',
      )}`,
    );
  });
}
