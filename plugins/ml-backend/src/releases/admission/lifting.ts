import type { LiftedRule, Model } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { RequestContext } from '../../http/requestContext';
import type { Lift } from './ReleaseAdmission';
import type { ExceptionSubject, ReleaseExceptions } from './ReleaseExceptions';
import { ReleaseRefusal } from './ReleaseRefusal';

/**
 * Lets approvals lift rules in a transaction, and keeps which ones it used.
 * Where one was asked for and nobody has decided yet, it is kept as awaited.
 * Whoever may not use any is told the rule alone.
 */
export function lifting(options: {
  exceptions: ReleaseExceptions;
  context: RequestContext;
  model: Pick<Model, 'name'>;
  subject: ExceptionSubject;
  mayUse: boolean;
  /** Whether what is asked for may wait for an approval that was asked for. */
  mayWait?: boolean;
  trx: Knex.Transaction;
}): { lift: Lift; lifted: LiftedRule[]; awaiting: LiftedRule[] } {
  const { context, exceptions, mayUse, mayWait, model, subject, trx } = options;
  const lifted: LiftedRule[] = [];
  const awaiting: LiftedRule[] = [];
  const target =
    subject.release ??
    `${model.name}@${subject.version} --env ${subject.environment}`;
  return {
    lifted,
    awaiting,
    lift: async (rule, { code, message }) => {
      if (!mayUse) {
        throw new ReleaseRefusal(
          code,
          `${message}, or let a platform admin ask for an exception ('ml releases except ${target} --rule ${rule}')`,
        );
      }
      const used = await exceptions.use(
        context,
        { model: model.name, rule, subject },
        trx,
      );
      if ('pending' in used && mayWait) {
        awaiting.push({ rule, approval: used.pending });
        return;
      }
      if (!('approval' in used)) {
        throw new ReleaseRefusal(
          code,
          `${message}, or ask for an exception ('ml releases except ${target} --rule ${rule} --reason …'). ${used.problem}`,
        );
      }
      lifted.push({ rule, approval: used.approval });
    },
  };
}
