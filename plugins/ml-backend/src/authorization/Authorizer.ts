import type {
  PermissionsRegistryService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
  type PermissionCriteria,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  createConditionAuthorizer,
  createConditionTransformer,
} from '@backstage/plugin-permission-node';
import {
  type Environment,
  mlModelReadPermission,
} from '@ml-platform/plugin-ml-common';
import {
  mlModelResourceRef,
  type ModelFilter,
} from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import { isAccount } from '../http/accountOf';
import type { RequestContext } from '../http/requestContext';
import { accountMay, accountMayPredict } from './accountScope';

/** Which models a caller may see: all, none, or those that meet the criteria. */
export type ModelVisibility =
  | { kind: 'all' }
  | { kind: 'none' }
  | { kind: 'filter'; criteria: PermissionCriteria<ModelFilter> };

export interface AuthorizerOptions {
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  audit: AuditLog;
}

interface OwnedModel {
  name: string;
  owner: string;
}

/**
 * Asks Backstage's permission framework, for the services of this plugin; for a
 * service account it goes by the account's own scope, since that framework lets
 * every program through. A denial is recorded before it is answered.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;

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
    if (!(await this.#isAllowed(context, permission, model))) {
      await this.#deny(context, permission.name, `model:${model.name}`);
    }
  }

  /** Whether the caller may do this to the model, for what is not refused otherwise. */
  canForModel(
    context: RequestContext,
    permission: ResourcePermission,
    model: OwnedModel,
  ): Promise<boolean> {
    return this.#isAllowed(context, permission, model);
  }

  canRead(context: RequestContext, model: OwnedModel): Promise<boolean> {
    return this.#isAllowed(context, mlModelReadPermission, model);
  }

  /** @throws NotAllowedError when a program may not ask the model for predictions. */
  async requirePrediction(
    context: RequestContext,
    key: { model: string; environment: Environment },
  ): Promise<void> {
    const { account, credentials } = context;
    if (!isAccount(credentials)) return;
    if (account && accountMayPredict(account, key)) return;
    await this.#deny(
      context,
      'predict',
      `deployment:${key.environment}/${key.model}`,
    );
  }

  async getVisibility(context: RequestContext): Promise<ModelVisibility> {
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
        return { kind: 'none' };
    }
  }

  async #isAllowed(
    context: RequestContext,
    permission: ResourcePermission,
    model: OwnedModel,
  ): Promise<boolean> {
    if (isAccount(context.credentials)) {
      const { account } = context;
      return account ? accountMay(account, permission.name, model) : false;
    }
    const decision = await this.#decide(context, permission);
    return createConditionAuthorizer(this.#ruleset())(decision, model);
  }

  async #decide(context: RequestContext, permission: ResourcePermission) {
    const [decision] = await this.#options.permissions.authorizeConditional(
      [{ permission }],
      { credentials: context.credentials },
    );
    return decision;
  }

  #ruleset() {
    return this.#options.permissionsRegistry.getPermissionRuleset(
      mlModelResourceRef,
    );
  }

  async #deny(
    context: RequestContext,
    permission: string,
    resource: string,
  ): Promise<never> {
    await this.#options.audit.record({
      actor: context.actor,
      action: permission,
      resource,
      outcome: 'denied',
      requestId: context.requestId,
    });
    throw new NotAllowedError(
      `${context.actor} lacks the permission ${permission} for ${resource}; ask a platform admin for it`,
    );
  }
}
