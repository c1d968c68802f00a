import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import type { Evaluation, Version } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { RequestContext } from '../http/requestContext';
import type { EvaluationStore } from './EvaluationStore';

export interface EvaluationRequestsOptions {
  store: Pick<EvaluationStore, 'transaction' | 'create' | 'getActive'>;
  audit: AuditLog;
  /** Called when there is an evaluation to carry out. */
  onCreated: () => void;
}

/** Has versions evaluated, for those who checked that the caller may ask for it. */
export class EvaluationRequests {
  readonly #options: EvaluationRequestsOptions;

  constructor(options: EvaluationRequestsOptions) {
    this.#options = options;
  }

  /** Begins an evaluation of a version; gives the one under way, if there is one. */
  async open(
    { actor, requestId }: Pick<RequestContext, 'actor' | 'requestId'>,
    { digest, model, version }: Pick<Version, 'model' | 'version' | 'digest'>,
    /** Done in the transaction of a new one. */
    within?: (evaluation: Evaluation, trx: Knex.Transaction) => Promise<void>,
  ): Promise<Evaluation> {
    const { audit, onCreated, store } = this.#options;
    const active = await store.getActive(model, version);
    if (active) return active;
    try {
      const created = await store.transaction(async trx => {
        const evaluation = await store.create(trx, {
          ...{ model, version, digest },
          ...{ origin: 'platform', requestedBy: actor },
        });
        await within?.(evaluation, trx);
        await audit.record(
          {
            ...{ actor, requestId },
            action: 'evaluation.run',
            outcome: 'intended',
            resource: `version:${model}@${version}`,
            details: { evaluation: evaluation.id, digest },
          },
          trx,
        );
        return evaluation;
      });
      onCreated();
      return created;
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      const other = await store.getActive(model, version);
      if (other) return other;
      throw error;
    }
  }
}
