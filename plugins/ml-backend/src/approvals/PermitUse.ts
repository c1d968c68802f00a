import { ConflictError } from '@backstage/errors';
import type {
  Approval,
  ApprovalKind,
  RefusalCode,
} from '@ml-platform/plugin-ml-common';
import canonicalize from 'canonicalize';
import type { Knex } from 'knex';
import type { RequestContext } from '../http/requestContext';
import type { ApprovalJournal } from './ApprovalJournal';
import type { ApprovalKinds } from './ApprovalKinds';
import type { ApprovalStore } from './ApprovalStore';
import { samePerson } from './samePerson';

const WAITS = 'waits for a decision';

/** What is to be done now, and only with an approval. */
export interface Permit {
  kind: ApprovalKind;
  /** As in the request. */
  subjectKey: string;
  /** As things are now: it must be exactly what was approved. */
  subject: Approval['subject'];
}

/** Lets who asked use an approval: once, in time, for what it was given for. */
export class PermitUse {
  readonly #options: {
    store: ApprovalStore;
    journal: ApprovalJournal;
    kinds: ApprovalKinds;
  };

  constructor(options: {
    store: ApprovalStore;
    journal: ApprovalJournal;
    kinds: ApprovalKinds;
  }) {
    this.#options = options;
  }

  /** Refuses what has no permit, and records the refusal. */
  async require(context: RequestContext, permit: Permit): Promise<void> {
    const approval = await this.#find(permit);
    const problem = problemOf(context, permit, approval);
    if (approval && problem) {
      await this.#options.journal.denied(context, approval, 'use', problem);
    }
    if (!approval || problem) throw this.#required(permit, problem);
  }

  async consume(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    permit: Permit,
    trx: Knex.Transaction,
  ): Promise<Approval> {
    const { journal, store } = this.#options;
    const approval = await this.#find(permit, trx);
    const problem = problemOf(context, permit, approval);
    if (!approval || problem) throw this.#required(permit, problem);
    // Two at once: the row decides which of them has it.
    if (!(await store.use(trx, approval.id))) {
      throw this.#required(permit, 'its approval was used just now');
    }
    await journal.note(context, approval, 'use', trx);
    return approval;
  }

  #find({ kind, subjectKey }: Permit, trx?: Knex.Transaction) {
    return this.#options.store.findLast(kind, subjectKey, trx);
  }

  #required({ kind }: Permit, problem: string | undefined): ConflictError {
    const { title } = this.#options.kinds.get(kind);
    const code: RefusalCode = 'APPROVAL_REQUIRED';
    return Object.assign(
      new ConflictError(
        `${title}: this needs the approval of a second person${
          problem ? `; ${problem}` : ''
        }${problem?.endsWith(WAITS) ? '' : '. Ask for it, with a reason'}`,
      ),
      { code },
    );
  }
}

function problemOf(
  context: Pick<RequestContext, 'actor'>,
  permit: Permit,
  approval: Approval | undefined,
): string | undefined {
  if (!approval) return undefined;
  const { id, state } = approval;
  if (state === 'pending') return `approval ${id} ${WAITS}`;
  if (state !== 'approved') return `approval ${id} is ${state}`;
  if (!samePerson(approval.requestedBy, context.actor)) {
    return `approval ${id} was given to ${approval.requestedBy}`;
  }
  if (canonicalize(approval.subject) !== canonicalize(permit.subject)) {
    return `approval ${id} was given for another subject`;
  }
  return undefined;
}
