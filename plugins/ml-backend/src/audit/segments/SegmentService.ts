import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type Approval,
  type AuditHold,
  type AuditSegment,
  mlApprovalDecidePlatformPermission,
  mlAuditManagePermission,
  mlAuditReadPermission,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ApprovalService } from '../../approvals/ApprovalService';
import type { Permit } from '../../approvals/PermitUse';
import type { Authorizer } from '../../authorization/Authorizer';
import type { RequestContext } from '../../http/requestContext';
import type { AuditLog } from '../AuditLog';
import type { NoteSigner } from '../checkpoints/SignedNote';
import { DatabaseTree } from '../tree/DatabaseTree';
import { holds, HoldStore } from './HoldStore';
import { beginOf, monthOf, monthsAfter } from './months';
import { disposalText } from './segmentNotes';
import { SegmentStore, type StoredSegment } from './SegmentStore';

export interface SegmentServiceOptions {
  knex: Knex;
  log: AuditLog;
  /** Absent without a signing key: nothing is sealed then, and nothing disposed of. */
  signer?: NoteSigner;
  approvals: ApprovalService;
  authorizer: Authorizer;
  /** How long events are kept after their month. */
  retentionMonths: number;
}

const DISPOSE = 'audit.dispose';
const RELEASE = 'audit.release-hold';

/**
 * The months of the log, how long they are kept, and how their events go in the
 * end: asked for by an auditor, approved by a platform admin, after their time,
 * and never under a legal hold. The hashes stay, so that every proof and every
 * checkpoint is as good as before.
 */
export class SegmentService {
  readonly #options: SegmentServiceOptions;

  constructor(options: SegmentServiceOptions) {
    this.#options = options;
    const { approvals } = options;
    approvals.register({
      kind: DISPOSE,
      title: 'Dispose of a month of the audit log',
      permission: mlApprovalDecidePlatformPermission,
      breakGlass: false,
    });
    approvals.register({
      kind: RELEASE,
      title: 'Release a legal hold on the audit log',
      permission: mlApprovalDecidePlatformPermission,
      breakGlass: false,
      action: {
        carryOut: (approval, context, trx) =>
          this.#release(approval, context, trx),
      },
    });
  }

  /** Oldest first; the last one is the month that goes on. */
  async list(context: RequestContext): Promise<AuditSegment[]> {
    const { authorizer, knex } = this.#options;
    await authorizer.require(context, mlAuditReadPermission, 'audit');
    const held = await new HoldStore(knex).list();
    const stored = await new SegmentStore(knex).list();
    const segments = stored.map(segment => this.#toSegment(segment, held));
    const size = await new DatabaseTree(knex).size();
    const start = stored.at(-1)?.end ?? 0;
    if (start < size) {
      const month = monthOf(new Date().toISOString());
      segments.push({
        ...{ month, start, end: size, state: 'open' },
        keptUntil: this.#keptUntil(month),
        holds: holdsOf(held, month),
      });
    }
    return segments;
  }

  async listHolds(context: RequestContext): Promise<AuditHold[]> {
    const { authorizer, knex } = this.#options;
    await authorizer.require(context, mlAuditReadPermission, 'audit');
    return new HoldStore(knex).list();
  }

  async placeHold(
    context: RequestContext,
    request: Pick<AuditHold, 'reason' | 'since' | 'until'>,
  ): Promise<AuditHold> {
    const { knex, log } = this.#options;
    await this.#requireManage(context);
    const { since, until } = request;
    if (since && until && until < since) {
      throw new InputError(`until: ${until} is before ${since}`);
    }
    const { actor, requestId } = context;
    return knex.transaction(async trx => {
      // A disposal has the same lock: it sees the hold, or it was before it.
      await new DatabaseTree(trx).lock();
      const hold = await new HoldStore(trx).create({
        ...request,
        placedBy: actor,
      });
      await log.record(
        {
          ...{ actor, requestId },
          action: 'audit.hold.place',
          resource: `audit-hold:${hold.id}`,
          outcome: 'succeeded',
          details: { since, until, reason: request.reason },
        },
        trx,
      );
      return hold;
    });
  }

  /** Asks for the release of a hold; a second person decides. */
  async requestRelease(
    context: RequestContext,
    id: string,
    reason: string,
  ): Promise<Approval> {
    const { approvals, knex } = this.#options;
    await this.#requireManage(context);
    const hold = await new HoldStore(knex).get(id);
    if (!hold) {
      throw new NotFoundError(
        `there is no legal hold ${id}; 'ml audit holds list' lists them`,
      );
    }
    if (hold.releasedAt) throw alreadyReleased(hold);
    return approvals.request(context, {
      kind: RELEASE,
      subject: { hold: id },
      subjectKey: id,
      summary: `Release the legal hold on the audit log: ${hold.reason}`,
      reason,
      consequences: [
        `The legal hold of ${hold.placedAt} ends: ${hold.reason}`,
        'Months whose time is over may be disposed of, with another approval.',
      ],
    });
  }

  /** Asks for the disposal of a month; a second person decides. */
  async requestDisposal(
    context: RequestContext,
    month: string,
    reason: string,
  ): Promise<Approval> {
    const { approvals, knex } = this.#options;
    await this.#requireManage(context);
    const segment = await this.#requireDue(month, knex);
    const { kind, subject, subjectKey } = permitOf(segment);
    const { end, start } = segment;
    return approvals.request(context, {
      ...{ kind, subject, subjectKey, reason },
      summary: `Dispose of the audit log of ${month}`,
      consequences: [
        `The ${
          end - start === 1 ? 'one event' : `${end - start} events`
        } of ${month} ${end - start === 1 ? 'is' : 'are'} removed for good.`,
        'Their hashes stay: proofs, checkpoints and exports are as good as before.',
        'Who has kept an event can still prove that it was in the log.',
      ],
    });
  }

  /** Uses the approval, and removes the events of a month. */
  async dispose(context: RequestContext, month: string): Promise<AuditSegment> {
    const { approvals, knex, log, signer } = this.#options;
    await this.#requireManage(context);
    const segment = await this.#requireDue(month, knex);
    const permit = permitOf(segment);
    await approvals.requirePermit(context, permit);
    if (knex.client.config.client !== 'pg') {
      // What is removed is overwritten, not only unlinked.
      await knex.raw('pragma secure_delete = on');
    }
    const { actor, requestId } = context;
    await knex.transaction(async trx => {
      await new DatabaseTree(trx).lock();
      await this.#requireDue(month, trx);
      const approval = await approvals.consume(context, permit, trx);
      const origin = signer!.verifier.name;
      const note = signer!.sign(disposalText(origin, segment, approval.id));
      await log.record(
        {
          ...{ actor, requestId },
          action: 'audit.dispose',
          resource: `audit-segment:${month}`,
          outcome: 'succeeded',
          details: {
            ...{ start: segment.start, end: segment.end },
            digest: segment.digest.toString('hex'),
            approval: approval.id,
          },
        },
        trx,
      );
      await new SegmentStore(trx).dispose(segment, note);
    });
    return this.#toSegment((await new SegmentStore(knex).get(month))!, []);
  }

  async #release(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void> {
    const id = String(approval.subject.hold);
    const store = new HoldStore(trx);
    const hold = await store.get(id);
    if (!hold || !(await store.release(id, context.actor))) {
      throw hold
        ? alreadyReleased(hold)
        : new NotFoundError(`there is no legal hold ${id}`);
    }
    await this.#options.log.record(
      {
        actor: context.actor,
        action: 'audit.hold.release',
        resource: `audit-hold:${id}`,
        outcome: 'succeeded',
        details: { approval: approval.id, requestedBy: approval.requestedBy },
        requestId: context.requestId,
      },
      trx,
    );
  }

  /** @throws ConflictError that says why the events of a month have to stay */
  async #requireDue(month: string, knex: Knex): Promise<StoredSegment> {
    if (!this.#options.signer) {
      throw new ConflictError(
        'nothing is disposed of without a signing key: it could not be told from tampering; set ml.audit.signingKey',
      );
    }
    const stored = await new SegmentStore(knex).get(month);
    if (!stored) {
      throw new NotFoundError(
        `the audit log has no sealed month ${month}; 'ml audit segments' lists them`,
      );
    }
    const segment = this.#toSegment(stored, await new HoldStore(knex).list());
    if (segment.state === 'disposed') {
      throw new ConflictError(
        `the events of ${month} were disposed of on ${segment.disposedAt}`,
      );
    }
    if (segment.holds.length) {
      throw new ConflictError(
        `the events of ${month} are under a legal hold (${segment.holds.join(
          ', ',
        )}); it has to be released first`,
      );
    }
    if (segment.state !== 'due') {
      throw new ConflictError(
        `the events of ${month} are kept until ${segment.keptUntil}`,
      );
    }
    return stored;
  }

  #toSegment(stored: StoredSegment, held: AuditHold[]): AuditSegment {
    const { digest, month, ...segment } = stored;
    const keptUntil = this.#keptUntil(month);
    const ids = holdsOf(held, month);
    const isOver = Date.now() >= Date.parse(keptUntil);
    const kept = ids.length ? 'held' : 'due';
    const state = isOver ? kept : 'sealed';
    return {
      ...{ month, ...segment, keptUntil, holds: ids },
      digest: digest.toString('hex'),
      state: segment.disposedAt ? 'disposed' : state,
    };
  }

  #keptUntil(month: string): string {
    return beginOf(monthsAfter(month, 1 + this.#options.retentionMonths));
  }

  #requireManage(context: RequestContext): Promise<void> {
    return this.#options.authorizer.require(
      context,
      mlAuditManagePermission,
      'audit',
    );
  }
}

function permitOf({ digest, end, month, start }: StoredSegment): Permit {
  const subject = { month, start, end, digest: digest.toString('hex') };
  return { kind: DISPOSE, subject, subjectKey: month };
}

function holdsOf(held: AuditHold[], month: string): string[] {
  return held.filter(hold => holds(hold, month)).map(({ id }) => id);
}

function alreadyReleased(hold: AuditHold): ConflictError {
  return new ConflictError(
    `the legal hold ${hold.id} was released on ${hold.releasedAt}`,
  );
}
