import {
  type GrantedAccess,
  mlAccessReviewPermission,
  type OwnAccess,
  type Role,
  rolesOf,
} from '@ml-platform/plugin-ml-common';
import type { Authorizer } from '../authorization/Authorizer';
import type { GrantStore } from '../grants/GrantStore';
import type { RequestContext } from '../http/requestContext';
import type { PolicySettings } from '../policy/PolicySettings';

export interface AccessServiceOptions {
  policies: PolicySettings;
  grants: Pick<GrantStore, 'grantedTo'>;
  authorizer: Authorizer;
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
}

/** Who may do what, for policies and for people about themselves. */
export class AccessService {
  readonly #options: AccessServiceOptions;

  constructor(options: AccessServiceOptions) {
    this.#options = options;
  }

  async getRoles(context: RequestContext): Promise<Record<Role, string[]>> {
    const { authorizer, policies } = this.#options;
    await authorizer.require(context, mlAccessReviewPermission, 'roles');
    return policies.get('roles');
  }

  async getGranted(
    context: RequestContext,
    subjects: string[],
  ): Promise<GrantedAccess> {
    const { authorizer, grants } = this.#options;
    await authorizer.require(context, mlAccessReviewPermission, 'grants');
    return grants.grantedTo(subjects);
  }

  /** What stands for the caller, and which roles come of it. */
  async getOwn(context: RequestContext): Promise<OwnAccess> {
    const { getOwnershipRefs, policies } = this.#options;
    const claims = await getOwnershipRefs(context);
    const members = await policies.get('roles');
    return { identity: context.actor, claims, roles: rolesOf(members, claims) };
  }
}
