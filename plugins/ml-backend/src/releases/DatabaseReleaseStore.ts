import { randomUUID } from 'node:crypto';
import type {
  Environment,
  Page,
  Release,
  ReleaseTransition,
  RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import { isFinal } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { EMPTY_STATE, liveVersion } from './deploymentState';
import { insertRelease } from './insertRelease';
import type {
  ActiveRelease,
  NewRelease,
  ReleaseChange,
  ReleaseStore,
  StoredDeployment,
} from './ReleaseStore';
import {
  type DeploymentRow,
  type ReleaseRow,
  toActiveRelease,
  toDeployment,
  toDeploymentRow,
  toRelease,
  toWholeRelease,
  type TransitionRow,
} from './rows';

export class DatabaseReleaseStore implements ReleaseStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(id: string): Promise<Release | undefined> {
    const row = await this.#knex<ReleaseRow>('ml_releases')
      .where({ id })
      .first();
    return row && toWholeRelease(row);
  }

  async getByNumber(
    { environment, model }: { model: string; environment: Environment },
    number: number,
  ): Promise<Release | undefined> {
    const row = await this.#knex<ReleaseRow>('ml_releases')
      .where({ environment, model, number })
      .first();
    return row && toRelease(row);
  }

  async getTransitions(id: string): Promise<ReleaseTransition[]> {
    const rows = await this.#knex<TransitionRow>('ml_release_transitions')
      .where({ release_id: id })
      .orderBy('sequence');
    return rows.map(row => ({
      from: row.from_state ?? undefined,
      to: row.to_state,
      at: row.at,
      actor: row.actor,
      cause: row.cause,
    }));
  }

  async findByIdempotencyKey(
    requestedBy: string,
    key: string,
  ): Promise<Release | undefined> {
    const row = await this.#knex<ReleaseRow>('ml_releases')
      .where({ requested_by: requestedBy, idempotency_key: key })
      .first();
    return row && toRelease(row);
  }

  async list(
    query: Parameters<ReleaseStore['list']>[0],
  ): Promise<Page<Release>> {
    const { environment, kind, requestedBy, state } = query;
    const rows = await this.#knex<ReleaseRow>('ml_releases')
      .where({ model: query.model })
      .modify(builder => {
        if (environment) builder.where({ environment });
        if (kind) builder.where({ kind });
        if (requestedBy) builder.where({ requested_by: requestedBy });
        if (state) builder.whereIn('state', state);
        if (query.cursor) {
          const [at, id] = decodeCursor(query.cursor).split('|');
          builder.where(nested => {
            nested
              .where('created_at', '<', at)
              .orWhere(same =>
                same.where('created_at', at).where('id', '<', id),
              );
          });
        }
      })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page[page.length - 1];
    return {
      items: page.map(toRelease),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(`${last.created_at}|${last.id}`),
      }),
    };
  }

  async getActive(
    model: string,
    environment: Environment,
    trx?: Knex.Transaction,
  ): Promise<Release | undefined> {
    const row = await (trx ?? this.#knex)<ReleaseRow>('ml_releases')
      .where({ model, environment, active: 1 })
      .first();
    return row && toRelease(row);
  }

  async listActive(models?: string[]): Promise<Release[]> {
    const rows = await this.#knex<ReleaseRow>('ml_releases')
      .where({ active: 1 })
      .modify(builder => {
        if (models) builder.whereIn('model', models);
      });
    return rows.map(toRelease);
  }

  async listNewestFailed(models?: string[]): Promise<Release[]> {
    const newest = this.#knex<ReleaseRow>('ml_releases')
      .select('model', 'environment')
      .max({ newest: 'number' })
      .groupBy('model', 'environment')
      .modify(builder => {
        if (models) builder.whereIn('model', models);
      })
      .as('newest');
    const rows: ReleaseRow[] = await this.#knex('ml_releases')
      .join(newest, join =>
        join
          .on('newest.model', 'ml_releases.model')
          .andOn('newest.environment', 'ml_releases.environment')
          .andOn('newest.newest', 'ml_releases.number'),
      )
      .whereIn('ml_releases.state', ['failed', 'rolled_back'])
      .select('ml_releases.*');
    return rows.map(toRelease);
  }

  async hasSucceeded(
    model: string,
    environment: Environment,
    version: string,
  ): Promise<boolean> {
    const row = await this.#knex<ReleaseRow>('ml_releases')
      .where({ model, environment, version, state: 'succeeded' })
      .first('id');
    return Boolean(row);
  }

  async longestServed(
    model: string,
    environment: Environment,
    version: string,
  ): Promise<number> {
    const rows = await this.#knex<ReleaseRow>('ml_releases')
      .where({ model, environment, state: 'succeeded' })
      .orderBy('number')
      .select('version', 'finished_at');
    const now = new Date().toISOString();
    let since: number | undefined;
    let longest = 0;
    for (const row of [...rows, { version: undefined, finished_at: now }]) {
      const at = Date.parse(row.finished_at ?? now);
      if (since !== undefined) longest = Math.max(longest, at - since);
      if (row.version !== version) since = undefined;
      else since ??= at;
    }
    return longest;
  }

  async record(
    trx: Knex.Transaction,
    release: Parameters<ReleaseStore['record']>[1],
  ): Promise<Release> {
    const { at, fromVersion, reason, requestedBy, ...rest } = release;
    const row = await insertRelease(
      trx,
      {
        id: rest.id,
        model: rest.model,
        environment: rest.environment,
        kind: rest.kind,
        version: rest.version,
        from_version: fromVersion,
        strategy: rest.strategy,
        state: 'succeeded',
        active: null,
        reason: reason ?? null,
        requested_by: requestedBy,
        created_at: at,
        finished_at: at,
      },
      reason ?? 'Rollback on the data plane',
    );
    return toRelease(row);
  }

  async create(trx: Knex.Transaction, release: NewRelease): Promise<Release> {
    const { model, environment } = release;
    const row = await insertRelease(
      trx,
      {
        id: randomUUID(),
        model,
        environment,
        kind: release.kind,
        version: release.version,
        strategy: release.strategy,
        state: release.state,
        active: 1,
        reason: release.reason ?? null,
        requested_by: release.requestedBy,
        idempotency_key: release.idempotencyKey ?? null,
        created_at: new Date().toISOString(),
        promoted_from: release.promotedFrom ?? null,
      },
      release.reason ??
        (release.kind === 'rollback'
          ? 'Rollback requested'
          : 'Deploy requested'),
    );
    // Looked at afterwards: now that this one is the active release, nothing else
    // becomes live.
    const deployment = await this.getDeployment(model, environment, trx);
    row.from_version = (deployment && liveVersion(deployment)) ?? null;
    await trx<ReleaseRow>('ml_releases')
      .where({ id: row.id })
      .update({ from_version: row.from_version });
    return toRelease(row);
  }

  async settle(
    trx: Knex.Transaction,
    id: string,
    how: Parameters<ReleaseStore['settle']>[2],
  ): Promise<void> {
    const { awaiting, fromVersion, lifted, strategy } = how;
    await trx<ReleaseRow>('ml_releases')
      .where({ id })
      .update({
        ...(strategy && { strategy }),
        ...(fromVersion && { from_version: fromVersion }),
        exceptions: lifted.length ? JSON.stringify(lifted) : null,
        ...(awaiting && {
          awaiting: awaiting.length ? JSON.stringify(awaiting) : null,
        }),
      });
  }

  async noteEvaluation(
    id: string,
    evaluation: string,
    trx?: Knex.Transaction,
  ): Promise<void> {
    await (trx ?? this.#knex)<ReleaseRow>('ml_releases')
      .where({ id })
      .update({ evaluation });
  }

  async claim(
    id: string,
    owner: string,
    until: Date,
  ): Promise<ActiveRelease | undefined> {
    const now = new Date().toISOString();
    const claimed = await this.#knex<ReleaseRow>('ml_releases')
      .where({ id, active: 1 })
      .where(nested => {
        nested
          .whereNull('lease_until')
          .orWhere('lease_until', '<', now)
          .orWhere('lease_owner', owner);
      })
      .update({ lease_owner: owner, lease_until: until.toISOString() });
    if (!claimed) return undefined;
    const row = await this.#knex<ReleaseRow>('ml_releases')
      .where({ id })
      .first();
    return row && toActiveRelease(row);
  }

  async unclaim(id: string, owner: string): Promise<void> {
    await this.#knex<ReleaseRow>('ml_releases')
      .where({ id, lease_owner: owner })
      .update({ lease_owner: null, lease_until: null });
  }

  async saveRollout(
    id: string,
    rollout: RolloutStatus,
    trx?: Knex.Transaction,
  ): Promise<void> {
    await (trx ?? this.#knex)<ReleaseRow>('ml_releases')
      .where({ id })
      .update({ rollout: JSON.stringify(rollout) });
  }

  async transition(
    trx: Knex.Transaction,
    id: string,
    change: ReleaseChange,
  ): Promise<boolean> {
    const now = new Date().toISOString();
    const moved = await trx<ReleaseRow>('ml_releases')
      .where({ id, state: change.from })
      .update({
        state: change.to,
        ...(change.error !== undefined && { error: change.error }),
        ...(change.generation !== undefined && {
          generation: change.generation,
        }),
        ...(isFinal(change.to) && {
          active: null,
          finished_at: now,
          lease_owner: null,
          lease_until: null,
        }),
      });
    if (!moved) return false;
    const last = await trx<TransitionRow>('ml_release_transitions')
      .where({ release_id: id })
      .max({ sequence: 'sequence' })
      .first();
    await trx<TransitionRow>('ml_release_transitions').insert({
      release_id: id,
      sequence: Number(last?.sequence ?? 0) + 1,
      from_state: change.from,
      to_state: change.to,
      actor: change.actor,
      cause: change.cause,
      at: now,
    });
    return true;
  }

  async getDeployment(
    model: string,
    environment: Environment,
    trx?: Knex.Transaction,
  ): Promise<StoredDeployment | undefined> {
    const row = await (trx ?? this.#knex)<DeploymentRow>('ml_deployments')
      .where({ model, environment })
      .first();
    return row && toDeployment(row);
  }

  async listDeployments(query: {
    models?: string[];
    environment?: Environment;
  }): Promise<StoredDeployment[]> {
    const rows = await this.#knex<DeploymentRow>('ml_deployments')
      .modify(builder => {
        if (query.models) builder.whereIn('model', query.models);
        if (query.environment) builder.where('environment', query.environment);
      })
      .orderBy(['model', 'environment']);
    return rows.map(toDeployment);
  }

  async saveDeployment(
    trx: Knex.Transaction,
    deployment: StoredDeployment,
  ): Promise<void> {
    await trx('ml_deployments')
      .insert(toDeploymentRow(deployment))
      .onConflict(['model', 'environment'])
      .merge();
  }

  async nextGeneration(
    trx: Knex.Transaction,
    model: string,
    environment: Environment,
  ): Promise<number> {
    const deployment = (await this.getDeployment(model, environment, trx)) ?? {
      model,
      environment,
      ...EMPTY_STATE,
      generation: 0,
    };
    const generation = deployment.generation + 1;
    await this.saveDeployment(trx, { ...deployment, generation });
    return generation;
  }
}
