import type { AuditEvent } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { DatabaseEvaluationStore } from '../../evaluations/DatabaseEvaluationStore';
import { DatabaseReleaseStore } from '../../releases/DatabaseReleaseStore';

/**
 * Tells of operations that may take as long as they like, and so have no outcome
 * for a reason: a canary goes on for days, an evaluation waits for its turn.
 */
export function runningOperations({ knex }: { knex: Knex }) {
  const releases = new DatabaseReleaseStore({ knex });
  const evaluations = new DatabaseEvaluationStore({ knex });
  return async ({ details }: AuditEvent): Promise<boolean> => {
    if (typeof details.release === 'string') {
      const release = await releases.get(details.release);
      return release !== undefined && release.finishedAt === undefined;
    }
    if (typeof details.evaluation === 'string') {
      const evaluation = await evaluations.get(details.evaluation);
      return evaluation !== undefined && evaluation.finishedAt === undefined;
    }
    return false;
  };
}
