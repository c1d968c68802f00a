import type {
  PermissionsRegistryService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
  type PermissionCriteria,
  type PolicyDecision,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  createConditionAuthorizer,
  createConditionTransformer,
} from '@backstage/plugin-permission-node';
import {
  type Environment,
  mlModelReadPermission,
  mlPredictionTryPermission,
  mlVersionRegisterPermission,
  reachOf,
  ROLES,
} from '@ml-platform/plugin-ml-common';
import {
  mlModelResourceRef,
  type ModelFilter,
} from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { GrantedModels } from '../grants/GrantedModels';
import { isAccount } from '../http/accountOf';
import type { RequestContext } from '../http/requestContext';
import { accountMay, accountMayPredict } from './accountScope';

/** Which models a caller may see: all, or those that meet the criteria. */
export type ModelVisibility =
  | { kind: 'all' }
  | { kind: 'filter'; criteria: PermissionCriteria<ModelFilter> };

export interface AuthorizerOptions {
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  audit: AuditLog;
  grants: GrantedModels;
}

export interface OwnedModel {
  name: string;
  owner: string;
}

/**
 * Asks Backstage's permission framework, for the services of this plugin. A
 * denial is recorded before it is answered.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #decisions = new WeakMap<
    RequestContext,
    Map<string, Promise<PolicyDecision>>
  >();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** @throws NotAllowedError when the caller may not. */
  async require(
    context: RequestContext,
    permission: BasicPermission,
    resource: string,
  ): Promise<void> {
    if (!(await this.can(context, permission))) {
      await this.#deny(context, permission.name, resource);
    }
  }

  /** Whether the caller may, for what is left out and not refused otherwise. */
  async can(
    context: RequestContext,
    permission: BasicPermission,
  ): Promise<boolean> {
    if (isAccount(context.credentials)) return false;
    const [decision] = await this.#options.permissions.authorize(
      [{ permission }],
      { credentials: context.credentials },
    );
    return decision.result === AuthorizeResult.ALLOW;
  }

  /** @throws NotAllowedError when the caller may not do this to the model. */
  async requireForModel(
    context: RequestContext,
    permission: ResourcePermission,
    model: OwnedModel,
  ): Promise<void> {
    if (!(await this.canForModel(context, permission, model))) {
      await this.#deny(context, permission.name, `model:${model.name}`);
    }
  }

  /** Whether the caller may do this to the model; nothing is recorded. */
  async canForModel(
    context: RequestContext,
    permission: ResourcePermission,
    model: OwnedModel,
  ): Promise<boolean> {
    if (isAccount(context.credentials)) {
      const { account } = context;
      return account ? accountMay(account, permission.name, model) : false;
    }
    const decision = await this.#decide(context, permission);
    const authorize = createConditionAuthorizer(this.#ruleset());
    return decision.result === AuthorizeResult.CONDITIONAL
      ? this.#options.grants.isAdmitted(model, guarded =>
          authorize(decision, guarded),
        )
      : decision.result === AuthorizeResult.ALLOW;
  }

  /**
   * A program needs the environment in its scope as well; any one where none is named.
   * @throws NotAllowedError when the caller may not ask the model for predictions
   */
  async requirePrediction(
    context: RequestContext,
    model: OwnedModel,
    environment?: Environment,
  ): Promise<void> {
    const { account, credentials } = context;
    if (!isAccount(credentials)) {
      await this.requireForModel(context, mlPredictionTryPermission, model);
      return;
    }
    const key = { model: model.name, environment };
    if (account && accountMayPredict(account, key)) return;
    await this.#deny(
      context,
      'predict',
      environment
        ? `deployment:${environment}/${model.name}`
        : `model:${model.name}`,
    );
  }

  /**
   * For a model that is to come: it has to belong to a team for which the
   * caller registers versions.
   * @throws NotAllowedError
   */
  async requireOwner(
    context: RequestContext,
    model: OwnedModel,
  ): Promise<void> {
    const permission = mlVersionRegisterPermission;
    if (await this.canForModel(context, permission, model)) return;
    await this.#recordDenial(context, permission.name, `model:${model.name}`);
    throw new NotAllowedError(
      `owner: ${context.actor} may create models for their own teams only, and ${model.owner} is none of them`,
    );
  }

  canRead(context: RequestContext, model: OwnedModel): Promise<boolean> {
    return this.canForModel(context, mlModelReadPermission, model);
  }

  /**
   * For who may see no model whatever: told so, whether or not there is one.
   * @throws NotAllowedError
   */
  async requireSight(context: RequestContext, resource: string): Promise<void> {
    if (isAccount(context.credentials)) return;
    const { result } = await this.#decide(context, mlModelReadPermission);
    if (result === AuthorizeResult.DENY)
      await this.#refuseSight(context, resource);
  }

  /** @throws NotAllowedError when the caller may see no model whatever. */
  async getVisibility(context: RequestContext): Promise<ModelVisibility> {
    return (
      (await this.findVisibility(context)) ??
      this.#refuseSight(context, 'models')
    );
  }

  /** Undefined when the caller may see no model whatever. */
  async findVisibility(
    context: RequestContext,
  ): Promise<ModelVisibility | undefined> {
    if (isAccount(context.credentials)) {
      const values = [...(context.account?.models ?? [])];
      return { kind: 'filter', criteria: { key: 'name', values } };
    }
    const decision = await this.#decide(context, mlModelReadPermission);
    switch (decision.result) {
      case AuthorizeResult.ALLOW:
        return { kind: 'all' };
      case AuthorizeResult.CONDITIONAL:
        return {
          kind: 'filter',
          criteria: createConditionTransformer(this.#ruleset())(
            decision.conditions,
          ),
        };
      default:
        return undefined;
    }
  }

  /** Asks once for each request, as the answer does not depend on the model. */
  #decide(
    context: RequestContext,
    permission: ResourcePermission,
  ): Promise<PolicyDecision> {
    let decisions = this.#decisions.get(context);
    if (!decisions) {
      decisions = new Map();
      this.#decisions.set(context, decisions);
    }
    let decision = decisions.get(permission.name);
    if (!decision) {
      decision = this.#options.permissions
        .authorizeConditional([{ permission }], {
          credentials: context.credentials,
        })
        .then(([first]) => first);
      decisions.set(permission.name, decision);
    }
    return decision;
  }

  #ruleset() {
    return this.#options.permissionsRegistry.getPermissionRuleset(
      mlModelResourceRef,
    );
  }

  async #refuseSight(
    context: RequestContext,
    resource: string,
  ): Promise<never> {
    await this.#recordDenial(context, mlModelReadPermission.name, resource);
    throw new NotAllowedError(
      `${context.actor} has no role that shows models; ask a platform admin for one (see ml.roles in the configuration)`,
    );
  }

  async #deny(
    context: RequestContext,
    permission: string,
    resource: string,
  ): Promise<never> {
    await this.#recordDenial(context, permission, resource);
    throw new NotAllowedError(
      `${
        context.actor
      } lacks the permission ${permission} for ${resource}${rolesWith(
        permission,
      )}; ask a platform admin for it`,
    );
  }

  async #recordDenial(
    context: RequestContext,
    permission: string,
    resource: string,
  ): Promise<void> {
    await this.#options.audit.record({
      actor: context.actor,
      action: permission,
      resource,
      outcome: 'denied',
      requestId: context.requestId,
    });
  }
}

/** Which roles have a permission, as the end of a clause. */
function rolesWith(permission: string): string {
  const roles = ROLES.filter(
    role => (reachOf(permission, [role])?.reach ?? 'none') !== 'none',
  );
  return roles.length ? `, which takes the role ${roles.join(' or ')}` : '';
}
