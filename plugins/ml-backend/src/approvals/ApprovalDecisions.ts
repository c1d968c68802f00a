import { ConflictError, NotAllowedError } from '@backstage/errors';
import {
  type Approval,
  type ApprovalDecision,
  mlApprovalBreakGlassPermission,
  type ReviewVerdict,
} from '@ml-platform/plugin-ml-common';
import type { Authorizer } from '../authorization/Authorizer';
import { isPerson, type RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { ApprovalJournal, ApprovalStep } from './ApprovalJournal';
import { type ApprovalKinds, usableFor } from './ApprovalKinds';
import type { ApprovalStore } from './ApprovalStore';
import { samePerson } from './samePerson';

export interface ApprovalDecisionsOptions {
  store: ApprovalStore;
  registry: RegistryService;
  authorizer: Authorizer;
  journal: ApprovalJournal;
  kinds: ApprovalKinds;
}

/**
 * Who may decide, and what a decision does. A no wins: it ends a request, and
 * also a permit that was given and not yet used.
 */
export class ApprovalDecisions {
  readonly #options: ApprovalDecisionsOptions;

  constructor(options: ApprovalDecisionsOptions) {
    this.#options = options;
  }

  /** Whether a request about the platform is the caller's, or theirs to decide. */
  async concerns(
    context: RequestContext,
    approval: Approval,
  ): Promise<boolean> {
    if (isPartyOf(context, approval)) return true;
    const permission = this.#options.kinds.find(approval.kind)?.permission;
    return permission?.type === 'basic'
      ? this.#options.authorizer.can(context, permission)
      : false;
  }

  async decide(
    context: RequestContext,
    approval: Approval,
    decision: ApprovalDecision,
    comment?: string,
  ): Promise<void> {
    if (decision === 'withdraw') {
      if (!isPartyOf(context, approval)) {
        await this.#options.journal.denied(
          context,
          approval,
          'withdraw',
          'another person asked',
        );
        throw new NotAllowedError(
          `Only ${approval.requestedBy} can withdraw this request; deny it instead`,
        );
      }
    } else {
      await this.#requireSecondPerson(context, approval, decision);
    }
    const isPermit = approval.state === 'approved';
    if (!(approval.state === 'pending' || (isPermit && decision !== 'approve')))
      throw over(approval);
    const { kinds, store } = this.#options;
    if (decision === 'approve') {
      await kinds.get(approval.kind).action?.prepare?.(approval, context);
    }
    await store.transaction(async trx => {
      if (decision === 'approve') {
        await this.#carryOut(context, approval, { comment }, trx);
      } else {
        const decided = await store.decide(trx, approval.id, {
          from: isPermit ? 'approved' : 'pending',
          state: decision === 'deny' ? 'denied' : 'withdrawn',
          by: context.actor,
          comment,
        });
        if (!decided) throw overtaken();
      }
      await this.#options.journal.note(context, approval, decision, trx, {
        comment,
      });
    });
    this.#options.journal.announce(approval);
  }

  /**
   * In an emergency a platform admin approves alone, also what they asked for
   * themselves. It stays on the list of reviews until somebody else looked.
   */
  async breakGlass(
    context: RequestContext,
    approval: Approval,
    reason: string,
  ): Promise<void> {
    const { authorizer, journal, kinds, store } = this.#options;
    await this.#requirePerson(context, approval, 'break-glass');
    await authorizer.require(
      context,
      mlApprovalBreakGlassPermission,
      `approval:${approval.id}`,
    );
    const { action, breakGlass = true, title } = kinds.get(approval.kind);
    if (!breakGlass) {
      await journal.denied(
        context,
        approval,
        'break-glass',
        'never without a second person',
      );
      throw new NotAllowedError(
        `${title}: this is never done without a second person`,
      );
    }
    if (approval.state !== 'pending') throw over(approval);
    await action?.prepare?.(approval, context);
    await store.transaction(async trx => {
      await this.#carryOut(context, approval, { brokenReason: reason }, trx);
      await journal.note(context, approval, 'break-glass', trx, {
        brokenReason: reason,
      });
    });
    journal.announce(approval);
  }

  async review(
    context: RequestContext,
    approval: Approval,
    review: { verdict: ReviewVerdict; comment?: string },
  ): Promise<void> {
    const { journal, store } = this.#options;
    const { breakGlass } = approval;
    await this.#requireSecondPerson(context, approval, 'review');
    if (!breakGlass) {
      throw new ConflictError(
        'A second person decided on this, so there is nothing to review',
      );
    }
    await store.transaction(async trx => {
      const done = await store.review(trx, approval.id, {
        ...review,
        by: context.actor,
      });
      if (!done) {
        throw new ConflictError(
          `${breakGlass.review?.by ?? 'Somebody else'} reviewed this already`,
        );
      }
      await journal.note(context, approval, 'review', trx, review);
    });
    journal.announce(approval);
  }

  async #carryOut(
    context: RequestContext,
    approval: Approval,
    how: { comment?: string; brokenReason?: string },
    trx: Parameters<ApprovalStore['decide']>[0],
  ): Promise<void> {
    const { kinds, store } = this.#options;
    const definition = kinds.get(approval.kind);
    const { action } = definition;
    const decided = await store.decide(trx, approval.id, {
      ...how,
      from: 'pending',
      by: context.actor,
      // What is done in one go with the approval uses it up.
      state: action ? 'used' : 'approved',
      usableUntil: action
        ? undefined
        : new Date(Date.now() + usableFor(definition)),
    });
    if (!decided) throw overtaken();
    await action?.carryOut(approval, context, trx);
  }

  /** Somebody who may decide on it, and had no part in asking or in doing it. */
  async #requireSecondPerson(
    context: RequestContext,
    approval: Approval,
    step: 'approve' | 'deny' | 'review',
  ): Promise<void> {
    const { authorizer, journal, kinds, registry } = this.#options;
    await this.#requirePerson(context, approval, step);
    const { permission } = kinds.get(approval.kind);
    if (permission.type === 'basic') {
      await authorizer.require(context, permission, `approval:${approval.id}`);
    } else {
      const model = await registry.getModel(context, approval.model!);
      await authorizer.requireForModel(context, permission, model);
    }
    const tie = tieOf(context, approval);
    if (tie) {
      await journal.denied(context, approval, step, 'the same person');
      throw new NotAllowedError(tie);
    }
  }

  async #requirePerson(
    context: RequestContext,
    approval: Approval,
    step: ApprovalStep,
  ): Promise<void> {
    if (isPerson(context)) return;
    await this.#options.journal.denied(context, approval, step, 'no person');
    throw new NotAllowedError(
      `${context.actor} is no person, and only people decide on requests; sign in as yourself`,
    );
  }
}

function isPartyOf({ actor }: RequestContext, approval: Approval): boolean {
  return (
    samePerson(approval.requestedBy, actor) ||
    samePerson(approval.requestedFor, actor)
  );
}

/** Why somebody is no second person. */
function tieOf(
  context: RequestContext,
  approval: Approval,
): string | undefined {
  const { actor } = context;
  const { breakGlass, requestedBy } = approval;
  if (samePerson(requestedBy, actor)) {
    return 'You asked for this yourself, so somebody else has to decide on it';
  }
  if (isPartyOf(context, approval)) {
    return `${requestedBy}, which is yours, asked for this, so somebody else has to decide on it`;
  }
  return samePerson(breakGlass?.by, actor)
    ? 'You did this alone, so somebody else has to review it'
    : undefined;
}

function over({ decidedBy, state }: Approval): ConflictError {
  return new ConflictError(
    `The request is ${state}${
      decidedBy ? ` by ${decidedBy}` : ''
    } and cannot be decided on any more`,
  );
}

function overtaken(): ConflictError {
  return new ConflictError('Somebody else decided just now; look again');
}
