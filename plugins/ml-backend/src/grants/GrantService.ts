import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  type Grant,
  type GrantRequest,
  MAX_GRANT_DAYS,
  mlAccessReviewPermission,
  mlGrantManagePermission,
  type Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer, OwnedModel } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { GrantQuery, GrantStore } from './GrantStore';

export interface GrantServiceOptions {
  store: GrantStore;
  registry: Pick<RegistryService, 'getModel'>;
  authorizer: Authorizer;
  audit: AuditLog;
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Access to another team's models: given by who manages them, never to oneself,
 * with a reason and an end. Decisions read grants from the database each time,
 * so that a revocation counts from the next request.
 */
export class GrantService {
  readonly #options: GrantServiceOptions;

  constructor(options: GrantServiceOptions) {
    this.#options = options;
  }

  /** Those that concern the caller; all of them for who reviews access. */
  async list(
    context: RequestContext,
    query: Omit<GrantQuery, 'concerning'>,
  ): Promise<Page<Grant>> {
    const { authorizer, getOwnershipRefs, store } = this.#options;
    const seesAll = await authorizer.can(context, mlAccessReviewPermission);
    return store.list({
      ...query,
      ...(!seesAll && { concerning: await getOwnershipRefs(context) }),
    });
  }

  /** @throws NotFoundError, also when the grant does not concern the caller */
  async get(context: RequestContext, id: string): Promise<Grant> {
    const { authorizer, getOwnershipRefs, store } = this.#options;
    const grant = await store.get(id);
    if (grant) {
      const refs = await getOwnershipRefs(context);
      if (
        refs.includes(grant.subject) ||
        refs.includes(grant.grantedBy) ||
        (await authorizer.can(context, mlAccessReviewPermission)) ||
        (await this.#manages(context, grant))
      ) {
        return grant;
      }
    }
    throw new NotFoundError(
      `There is no grant ${id}. 'ml grants list' shows those that concern you`,
    );
  }

  async create(context: RequestContext, request: GrantRequest): Promise<Grant> {
    const { audit, store } = this.#options;
    await this.#requireManage(context, request);
    const checked = { ...request, expiresAt: checkEnd(request.expiresAt) };
    await this.#checkSubject(context, request);
    return store.transaction(async trx => {
      const grant = await store.create(trx, {
        ...checked,
        grantedBy: context.actor,
      });
      await audit.record(
        {
          ...describe(grant),
          actor: context.actor,
          action: 'grant.create',
          outcome: 'succeeded',
          requestId: context.requestId,
        },
        trx,
      );
      return grant;
    });
  }

  async revoke(context: RequestContext, id: string): Promise<Grant> {
    const { audit, store } = this.#options;
    const grant = await this.get(context, id);
    if (!(await this.#manages(context, grant))) {
      await this.#requireManage(context, grant);
    }
    await store.transaction(async (trx: Knex.Transaction) => {
      if (!(await store.revoke(trx, id, context.actor))) {
        throw new ConflictError(
          `The grant ${id} is ${
            grant.state === 'active' ? 'over' : grant.state
          } already`,
        );
      }
      await audit.record(
        {
          ...describe(grant),
          actor: context.actor,
          action: 'grant.revoke',
          outcome: 'succeeded',
          requestId: context.requestId,
        },
        trx,
      );
    });
    return (await store.get(id))!;
  }

  async #manages(context: RequestContext, grant: Grant): Promise<boolean> {
    const { authorizer } = this.#options;
    const subject = await this.#subjectOf(context, grant).catch(
      () => undefined,
    );
    return (
      subject !== undefined &&
      authorizer.canForModel(context, mlGrantManagePermission, subject)
    );
  }

  async #requireManage(
    context: RequestContext,
    scope: Pick<Grant, 'model' | 'team'>,
  ): Promise<void> {
    await this.#options.authorizer.requireForModel(
      context,
      mlGrantManagePermission,
      await this.#subjectOf(context, scope),
    );
  }

  /** The model; or, for all models of a team, one that stands for them. */
  async #subjectOf(
    context: RequestContext,
    { model, team }: Pick<Grant, 'model' | 'team'>,
  ): Promise<OwnedModel> {
    return model
      ? this.#options.registry.getModel(context, model)
      : { name: `all of ${team}`, owner: team! };
  }

  async #checkSubject(
    context: RequestContext,
    { model, subject, team }: GrantRequest,
  ): Promise<void> {
    const { audit, getOwnershipRefs, registry } = this.#options;
    const owner = model
      ? (await registry.getModel(context, model)).owner
      : team!;
    if (subject === owner) {
      throw new InputError(`subject: ${subject} owns what it would be granted`);
    }
    if ((await getOwnershipRefs(context)).includes(subject)) {
      await audit.record({
        actor: context.actor,
        action: 'grant.create',
        resource: model ? `model:${model}` : `team:${team}`,
        outcome: 'denied',
        details: { subject },
        requestId: context.requestId,
      });
      throw new NotAllowedError(
        `subject: nobody grants to themselves, and ${subject} is you or a group of yours; ask somebody else who may grant it`,
      );
    }
  }
}

function checkEnd(expiresAt: string): string {
  const end = new Date(expiresAt).getTime();
  if (end <= Date.now() || end > Date.now() + MAX_GRANT_DAYS * DAY_MS) {
    throw new InputError(
      `expiresAt: ${expiresAt} must lie ahead, by ${MAX_GRANT_DAYS} days at most`,
    );
  }
  return new Date(end).toISOString();
}

function describe(grant: Grant) {
  const { capability, expiresAt, id, model, subject, team } = grant;
  return {
    resource: `grant:${id}`,
    details: {
      ...{ subject, capability, expiresAt },
      ...(model ? { model } : { team }),
    },
  };
}
