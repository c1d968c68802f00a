import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Approval,
  ApprovalDecision,
  ApprovalKind,
  ApprovalKindInfo,
  ApprovalState,
  Page,
  ReviewVerdict,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { EventOutbox } from '../webhooks/EventOutbox';
import { ApprovalDecisions } from './ApprovalDecisions';
import { ApprovalJournal } from './ApprovalJournal';
import { type ApprovalKindDefinition, ApprovalKinds } from './ApprovalKinds';
import type { ApprovalStore, NewApproval } from './ApprovalStore';
import { type Permit, PermitUse } from './PermitUse';

export type { ApprovalAction } from './ApprovalKinds';

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
 * week. What an approval allows is either done when it is given, in the same
 * transaction (`action` of its kind), or it is a permit that who asked uses
 * later, once (`consume`).
 */
export class ApprovalService {
  readonly #options: ApprovalServiceOptions;
  readonly #kinds = new ApprovalKinds();
  readonly #journal: ApprovalJournal;
  readonly #decisions: ApprovalDecisions;
  readonly #permits: PermitUse;

  constructor(options: ApprovalServiceOptions) {
    this.#options = options;
    this.#journal = new ApprovalJournal(options);
    const shared = { ...options, journal: this.#journal, kinds: this.#kinds };
    this.#decisions = new ApprovalDecisions(shared);
    this.#permits = new PermitUse(shared);
  }

  register(definition: ApprovalKindDefinition): void {
    this.#kinds.register(definition);
  }

  /** Who decides on what. */
  listKinds(): ApprovalKindInfo[] {
    return this.#kinds.list();
  }

  /** For services that checked the caller's permission to ask. */
  async request(
    context: RequestContext,
    /** Asked for by the caller, unless it is work on somebody's behalf. */
    request: Omit<
      NewApproval,
      'requestedBy' | 'requestedFor' | 'expiresAt' | 'summary'
    > & {
      requestedBy?: string;
      /** The title of the kind and the model by default. */
      summary?: string;
    },
  ): Promise<Approval> {
    const { store } = this.#options;
    const { title } = this.#kinds.get(request.kind);
    const open = await store.findOpen(request.kind, request.subjectKey);
    if (open?.state === 'expired') {
      await store.transaction(trx =>
        store.decide(trx, open.id, {
          from: 'pending',
          state: 'expired',
          by: context.actor,
        }),
      );
    } else if (open) {
      throw alreadyOpen(open);
    }
    try {
      const approval = await store.transaction(async trx => {
        const created = await store.create(trx, {
          ...request,
          summary:
            request.summary ??
            [title, request.model].filter(Boolean).join(': '),
          requestedBy: request.requestedBy ?? context.actor,
          requestedFor: context.account?.owner,
          expiresAt: new Date(Date.now() + WEEK_MS),
        });
        await this.#journal.note(context, created, 'request', trx);
        return created;
      });
      this.#journal.announce(approval);
      return approval;
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      const other = await store.findOpen(request.kind, request.subjectKey);
      if (other) throw alreadyOpen(other);
      throw error;
    }
  }

  /**
   * Refuses what has no permit, before it is begun; nothing is used up yet. The
   * refusal is recorded, which cannot be done in a transaction that it ends.
   * @throws ConflictError with the code APPROVAL_REQUIRED that says what to do
   */
  requirePermit(context: RequestContext, permit: Permit): Promise<void> {
    return this.#permits.require(context, permit);
  }

  /**
   * Uses a permit up, in the transaction of what it permits. Who calls has
   * checked the caller's permission, and names the subject as it is now.
   * @throws ConflictError with the code APPROVAL_REQUIRED
   */
  consume(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    permit: Permit,
    trx: Knex.Transaction,
  ): Promise<Approval> {
    return this.#permits.consume(context, permit, trx);
  }

  /** The newest request for a subject, for services. */
  findLast(
    kind: ApprovalKind,
    subjectKey: string,
    trx?: Knex.Transaction,
  ): Promise<Approval | undefined> {
    return this.#options.store.findLast(kind, subjectKey, trx);
  }

  /** A request as it stands, for services. */
  async peek(id: string): Promise<Approval> {
    const approval = await this.#options.store.get(id);
    if (!approval) throw new NotFoundError(`There is no approval ${id}`);
    return approval;
  }

  async list(
    context: RequestContext,
    query: {
      state?: ApprovalState;
      model?: string;
      review?: 'open';
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
    const names = page.items.flatMap(({ model }) => model ?? []);
    const visible = new Set(
      (await registry.getVisibleModels(context, [...new Set(names)])).map(
        ({ name }) => name,
      ),
    );
    const items: Approval[] = [];
    for (const approval of page.items) {
      const { model } = approval;
      const seen = model
        ? visible.has(model)
        : await this.#decisions.concerns(context, approval);
      if (seen) items.push(approval);
    }
    return { ...page, items };
  }

  async get(context: RequestContext, id: string): Promise<Approval> {
    const { registry, store } = this.#options;
    const approval = await store.get(id);
    const seen =
      approval &&
      (approval.model
        ? (await registry.getVisibleModels(context, [approval.model])).length
        : await this.#decisions.concerns(context, approval));
    if (!seen) throw new NotFoundError(`There is no approval ${id}`);
    return approval;
  }

  async decide(
    context: RequestContext,
    id: string,
    decision: ApprovalDecision,
    comment?: string,
  ): Promise<Approval> {
    const approval = await this.get(context, id);
    await this.#decisions.decide(context, approval, decision, comment);
    return (await this.#options.store.get(id))!;
  }

  /** Does without the second person; listed until somebody reviewed it. */
  async breakGlass(
    context: RequestContext,
    id: string,
    reason: string,
  ): Promise<Approval> {
    const approval = await this.get(context, id);
    await this.#decisions.breakGlass(context, approval, reason);
    return (await this.#options.store.get(id))!;
  }

  /** Says afterwards what a second person thinks of it. */
  async review(
    context: RequestContext,
    id: string,
    review: { verdict: ReviewVerdict; comment?: string },
  ): Promise<Approval> {
    const approval = await this.get(context, id);
    await this.#decisions.review(context, approval, review);
    return (await this.#options.store.get(id))!;
  }
}

function alreadyOpen(approval: Approval): ConflictError {
  return new ConflictError(
    `${approval.requestedBy} asked for this on ${approval.requestedAt} already (approval ${approval.id}); it waits for a second person until ${approval.expiresAt}`,
  );
}
