import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  type Approval,
  type ApprovalKind,
  type ApprovalState,
  mlApprovalDecidePermission,
  type Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { ApprovalStore, NewApproval } from './ApprovalStore';

/** What is done when a request of a kind is approved. */
export interface ApprovalAction {
  /**
   * Checks once more, and acts, in the transaction of the approval.
   * @throws when the subject is not what was asked for any more
   */
  carryOut(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void>;
}

export interface ApprovalServiceOptions {
  store: ApprovalStore;
  registry: RegistryService;
  authorizer: Authorizer;
  audit: AuditLog;
  outbox: EventOutbox;
  changes: ChangeNotifier;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Everything that needs a second person goes through here: asked for with a
 * reason, decided by somebody else, good once, for one exact subject, for a
 * week.
 */
export class ApprovalService {
  readonly #options: ApprovalServiceOptions;
  readonly #actions = new Map<ApprovalKind, ApprovalAction>();

  constructor(options: ApprovalServiceOptions) {
    this.#options = options;
  }

  register(kind: ApprovalKind, action: ApprovalAction): void {
    this.#actions.set(kind, action);
  }

  /** For services that checked the caller's permission to ask. */
  async request(
    context: RequestContext,
    /** Asked for by the caller, unless it is work on somebody's behalf. */
    request: Omit<NewApproval, 'requestedBy' | 'expiresAt'> & {
      requestedBy?: string;
    },
  ): Promise<Approval> {
    const { changes, store } = this.#options;
    const open = await store.findOpen(request.kind, request.subjectKey);
    if (open?.state === 'expired') {
      await store.transaction(trx =>
        store.decide(trx, open.id, { state: 'expired', by: context.actor }),
      );
    } else if (open) {
      throw alreadyOpen(open);
    }
    try {
      const approval = await store.transaction(async trx => {
        const created = await store.create(trx, {
          ...request,
          requestedBy: request.requestedBy ?? context.actor,
          expiresAt: new Date(Date.now() + WEEK_MS),
        });
        await this.#record(context, created, 'approval.request', trx);
        await this.#tell(context, created, 'requested', trx);
        return created;
      });
      changes.modelChanged({ model: request.model });
      return approval;
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      const other = await store.findOpen(request.kind, request.subjectKey);
      if (other) throw alreadyOpen(other);
      throw error;
    }
  }

  /** The newest request for a subject, for services. */
  findLast(
    kind: ApprovalKind,
    subjectKey: string,
  ): Promise<Approval | undefined> {
    return this.#options.store.findLast(kind, subjectKey);
  }

  async list(
    context: RequestContext,
    query: {
      state?: ApprovalState;
      model?: string;
      limit: number;
      cursor?: string;
    },
  ): Promise<Page<Approval>> {
    const { registry, store } = this.#options;
    if (query.model) {
      await registry.getModel(context, query.model);
      return store.list({ ...query, models: [query.model] });
    }
    const page = await store.list(query);
    const names = [...new Set(page.items.map(({ model }) => model))];
    const visible = new Set(
      (await registry.getVisibleModels(context, names)).map(({ name }) => name),
    );
    return {
      ...page,
      items: page.items.filter(({ model }) => visible.has(model)),
    };
  }

  async get(context: RequestContext, id: string): Promise<Approval> {
    const { registry, store } = this.#options;
    const approval = await store.get(id);
    if (!approval) throw new NotFoundError(`There is no approval ${id}`);
    await registry.getModel(context, approval.model);
    return approval;
  }

  async decide(
    context: RequestContext,
    id: string,
    decision: 'approve' | 'deny' | 'withdraw',
    comment?: string,
  ): Promise<Approval> {
    const { authorizer, changes, registry, store } = this.#options;
    const approval = await this.get(context, id);
    const own = approval.requestedBy === context.actor;
    if (decision === 'withdraw') {
      if (!own) {
        throw new NotAllowedError(
          `Only ${approval.requestedBy} can withdraw this request; deny it instead`,
        );
      }
    } else {
      const model = await registry.getModel(context, approval.model);
      await authorizer.requireForModel(
        context,
        mlApprovalDecidePermission,
        model,
      );
      if (own) {
        await this.#record(context, approval, 'approval.decide', undefined, {
          outcome: 'denied',
        });
        throw new NotAllowedError(
          'You asked for this yourself, so somebody else has to decide on it',
        );
      }
    }
    if (approval.state !== 'pending') {
      throw new ConflictError(
        `The request is ${approval.state}${
          approval.decidedBy ? ` by ${approval.decidedBy}` : ''
        } and cannot be decided on any more`,
      );
    }
    await store.transaction(async trx => {
      const state = {
        // An approval is used up by the act that it allows, in one go.
        approve: 'used',
        deny: 'denied',
        withdraw: 'withdrawn',
      }[decision] as 'used' | 'denied' | 'withdrawn';
      if (
        !(await store.decide(trx, id, { state, by: context.actor, comment }))
      ) {
        throw new ConflictError('Somebody else decided just now; look again');
      }
      if (decision === 'approve') {
        await this.#actions
          .get(approval.kind)!
          .carryOut(approval, context, trx);
      }
      await this.#record(context, approval, `approval.${decision}`, trx);
      await this.#tell(context, approval, decision, trx, comment);
    });
    changes.modelChanged({ model: approval.model });
    return (await store.get(id))!;
  }

  async #tell(
    context: RequestContext,
    approval: Approval,
    what: 'requested' | 'approve' | 'deny' | 'withdraw',
    trx: Knex.Transaction,
    comment?: string,
  ): Promise<void> {
    await this.#options.outbox.append(
      {
        type:
          what === 'requested'
            ? 'internal.ml.approval.requested'
            : 'internal.ml.approval.decided',
        model: approval.model,
        subject: `approval:${approval.id}`,
        actor: context.actor,
        data: {
          approval: approval.id,
          kind: approval.kind,
          subject: approval.subject,
          reason: approval.reason,
          requestedBy: approval.requestedBy,
          ...(what !== 'requested' && { decision: what, comment }),
        },
      },
      trx,
    );
  }

  async #record(
    context: RequestContext,
    approval: Approval,
    action: string,
    trx: Knex.Transaction | undefined,
    extra: { outcome?: 'denied' } = {},
  ): Promise<void> {
    await this.#options.audit.record(
      {
        actor: context.actor,
        action,
        resource: `approval:${approval.id}`,
        outcome: extra.outcome ?? 'succeeded',
        details: {
          kind: approval.kind,
          model: approval.model,
          subject: approval.subject,
          requestedBy: approval.requestedBy,
        },
        requestId: context.requestId,
      },
      trx,
    );
  }
}

function alreadyOpen(approval: Approval): ConflictError {
  return new ConflictError(
    `${approval.requestedBy} asked for this on ${approval.requestedAt} already (approval ${approval.id}); it waits for a second person until ${approval.expiresAt}`,
  );
}
