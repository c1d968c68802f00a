import type { Approval } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { EventOutbox } from '../webhooks/EventOutbox';

/** What became of a request. */
export type ApprovalStep =
  | 'request'
  | 'approve'
  | 'deny'
  | 'withdraw'
  | 'use'
  | 'break-glass'
  | 'review';

/** Tells the audit log, the events and open portals what became of requests. */
export class ApprovalJournal {
  readonly #options: {
    audit: AuditLog;
    outbox: EventOutbox;
    changes: ChangeNotifier;
  };

  constructor(options: {
    audit: AuditLog;
    outbox: EventOutbox;
    changes: ChangeNotifier;
  }) {
    this.#options = options;
  }

  /** In the transaction of the step. */
  async note(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    approval: Approval,
    step: ApprovalStep,
    trx: Knex.Transaction,
    details: Record<string, string | undefined> = {},
  ): Promise<void> {
    await this.#record(context, approval, step, 'succeeded', details, trx);
    await this.#options.outbox.append(
      {
        type:
          step === 'request'
            ? 'internal.ml.approval.requested'
            : 'internal.ml.approval.decided',
        model: approval.model,
        subject: `approval:${approval.id}`,
        actor: context.actor,
        data: {
          approval: approval.id,
          kind: approval.kind,
          summary: approval.summary,
          subject: approval.subject,
          reason: approval.reason,
          requestedBy: approval.requestedBy,
          requestedFor: approval.requestedFor,
          ...(step !== 'request' && { decision: step, ...details }),
        },
      },
      trx,
    );
  }

  /** Outside of the transaction that the denial ends. */
  denied(
    context: RequestContext,
    approval: Approval,
    step: ApprovalStep,
    why: string,
  ): Promise<void> {
    return this.#record(context, approval, step, 'denied', { why });
  }

  /** After the transaction. */
  announce({ model }: Approval): void {
    if (model) this.#options.changes.modelChanged({ model });
  }

  async #record(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    approval: Approval,
    step: ApprovalStep,
    outcome: 'succeeded' | 'denied',
    details: Record<string, string | undefined>,
    trx?: Knex.Transaction,
  ): Promise<void> {
    await this.#options.audit.record(
      {
        actor: context.actor,
        action: `approval.${step}`,
        resource: `approval:${approval.id}`,
        outcome,
        details: {
          kind: approval.kind,
          model: approval.model,
          subject: approval.subject,
          requestedBy: approval.requestedBy,
          requestedFor: approval.requestedFor,
          ...details,
        },
        requestId: context.requestId,
      },
      trx,
    );
  }
}
