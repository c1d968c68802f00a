import type { Knex } from 'knex';
import type { ReleaseRow, TransitionRow } from './rows';

type Given =
  | 'id'
  | 'model'
  | 'environment'
  | 'kind'
  | 'version'
  | 'strategy'
  | 'state'
  | 'active'
  | 'requested_by'
  | 'created_at';

/** Writes a release with the next number of its deployment, and how it began. */
export async function insertRelease(
  trx: Knex.Transaction,
  release: Pick<ReleaseRow, Given> & Partial<ReleaseRow>,
  cause: string,
): Promise<ReleaseRow> {
  const row: ReleaseRow = {
    from_version: null,
    generation: null,
    reason: null,
    error: null,
    rollout: null,
    idempotency_key: null,
    lease_owner: null,
    lease_until: null,
    finished_at: null,
    promoted_from: null,
    exceptions: null,
    evaluation: null,
    awaiting: null,
    ...release,
    number: await nextNumber(trx, release),
  };
  await trx('ml_releases').insert(row);
  await trx<TransitionRow>('ml_release_transitions').insert({
    release_id: row.id,
    sequence: 1,
    from_state: null,
    to_state: row.state,
    actor: row.requested_by,
    cause,
    at: row.created_at,
  });
  return row;
}

async function nextNumber(
  trx: Knex.Transaction,
  { environment, model }: Pick<ReleaseRow, 'environment' | 'model'>,
): Promise<number> {
  const highest = await trx<ReleaseRow>('ml_releases')
    .where({ model, environment })
    .max({ number: 'number' })
    .first();
  return Number(highest?.number ?? 0) + 1;
}
