import {
  AuthorizeResult,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import {
  reachOf,
  RESOURCE_TYPE_ML_MODEL,
  type Role,
  rolesOf,
} from '@ml-platform/plugin-ml-common';
import type { AccessDirectory } from './AccessDirectory';
import { decideOnEntities, isEntityPermission } from './decideOnEntities';

const DENY: PolicyDecision = { result: AuthorizeResult.DENY };
const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };

/**
 * Decides on what concerns models: the permissions `ml.*`, and which entities
 * of the catalog are seen. A policy of a company's own asks it first, and goes
 * on where it has no say.
 * @public
 */
export class MlDecisions {
  readonly #directory: AccessDirectory;

  constructor(options: { directory: AccessDirectory }) {
    this.#directory = options.directory;
  }

  /** Undefined for permissions that have nothing to do with models. */
  async decide(
    { permission }: PolicyQuery,
    user: PolicyQueryUser | undefined,
  ): Promise<PolicyDecision | undefined> {
    const isOurs = permission.name.startsWith('ml.');
    if (!isOurs && !isEntityPermission(permission)) return undefined;
    if (!user) return DENY;
    const claims = claimsOf(user);
    const roles = await this.getRoles(user);
    return isOurs
      ? decideOnModels(permission, { claims, roles })
      : decideOnEntities(permission, {
          ...{ claims, reach: reachOf('ml.model.read', roles)!.reach },
          getGranted: () => this.#directory.getGranted(claims),
        });
  }

  /** The roles that somebody has now. */
  async getRoles(user: PolicyQueryUser): Promise<Role[]> {
    return rolesOf(await this.#directory.getRoles(), claimsOf(user));
  }
}

/** The user and the groups that own what the user owns. */
function claimsOf({ info }: PolicyQueryUser): string[] {
  return [...new Set([info.userEntityRef, ...info.ownershipEntityRefs])];
}

function decideOnModels(
  permission: Permission,
  { claims, roles }: { claims: string[]; roles: Role[] },
): PolicyDecision {
  const { capability, reach } = reachOf(permission.name, roles) ?? {};
  if (reach === 'all') return ALLOW;
  // A permission that the table does not know is nobody's.
  if (permission.type !== 'resource' || !reach || reach === 'none') return DENY;
  const condition = (
    rule: string,
    params: Record<string, string | string[]>,
  ) => ({
    rule,
    resourceType: RESOURCE_TYPE_ML_MODEL,
    params,
  });
  const isOwner = condition('IS_MODEL_OWNER', { claims });
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'ml',
    resourceType: RESOURCE_TYPE_ML_MODEL,
    conditions:
      reach === 'own'
        ? isOwner
        : {
            anyOf: [
              isOwner,
              condition('IS_MODEL_GRANTED', {
                claims,
                capability: capability!,
              }),
            ],
          },
  };
}
