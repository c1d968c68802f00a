import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { decideOnOthers } from './decideOnOthers';
import type { MlDecisions } from './MlDecisions';

/** The policy of a portal that has no other: roles for models, defaults for the rest. */
export class MlPermissionPolicy implements PermissionPolicy {
  readonly #decisions: MlDecisions;

  constructor(options: { decisions: MlDecisions }) {
    this.#decisions = options.decisions;
  }

  async handle(
    query: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const decision = await this.#decisions.decide(query, user);
    if (decision) return decision;
    if (!user) return { result: AuthorizeResult.DENY };
    return decideOnOthers(query.permission, {
      roles: await this.#decisions.getRoles(user),
      user: user.info.userEntityRef,
    });
  }
}
