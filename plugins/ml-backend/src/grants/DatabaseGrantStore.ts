import { randomUUID } from 'node:crypto';
import type {
  Grant,
  GrantCapability,
  GrantedAccess,
  GrantRequest,
  Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { activeGrants } from './activeGrants';
import type { ActiveGrant, GrantQuery, GrantStore } from './GrantStore';

export interface GrantRow {
  id: string;
  subject: string;
  model: string | null;
  team: string | null;
  capability: GrantCapability;
  reason: string;
  granted_by: string;
  granted_at: string;
  expires_at: string;
  revoked_by: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
}

/** Uses within this time are one. */
const USE_STEP_MS = 60_000;

export class DatabaseGrantStore implements GrantStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(id: string): Promise<Grant | undefined> {
    const row = await this.#knex<GrantRow>('ml_grants').where({ id }).first();
    return row && toGrant(row);
  }

  async list(query: GrantQuery): Promise<Page<Grant>> {
    const rows = await this.#knex<GrantRow>('ml_grants')
      .modify(builder => this.#narrow(builder, query))
      .orderBy([
        { column: 'granted_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page[page.length - 1];
    return {
      items: page.map(toGrant),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(`${last.granted_at}|${last.id}`),
      }),
    };
  }

  listActive(model: { name: string; owner: string }): Promise<ActiveGrant[]> {
    return activeGrants(this.#knex)
      .where(scope =>
        scope.where('model', model.name).orWhere('team', model.owner),
      )
      .select('id', 'subject', 'capability');
  }

  async grantedTo(subjects: string[]): Promise<GrantedAccess> {
    const rows = await activeGrants(this.#knex)
      .whereIn('subject', subjects)
      .distinct('model', 'team');
    return {
      models: rows.flatMap(({ model }) => model ?? []),
      teams: rows.flatMap(({ team }) => team ?? []),
    };
  }

  async create(
    trx: Knex.Transaction,
    grant: GrantRequest & { grantedBy: string },
  ): Promise<Grant> {
    const row: GrantRow = {
      id: randomUUID(),
      subject: grant.subject,
      model: grant.model ?? null,
      team: grant.team ?? null,
      capability: grant.capability,
      reason: grant.reason,
      granted_by: grant.grantedBy,
      granted_at: new Date().toISOString(),
      expires_at: grant.expiresAt,
      revoked_by: null,
      revoked_at: null,
      last_used_at: null,
    };
    await trx<GrantRow>('ml_grants').insert(row);
    return toGrant(row);
  }

  async revoke(
    trx: Knex.Transaction,
    id: string,
    by: string,
  ): Promise<boolean> {
    const revoked = await activeGrants(trx)
      .where({ id })
      .update({ revoked_by: by, revoked_at: new Date().toISOString() });
    return Boolean(revoked);
  }

  async noteUse(id: string): Promise<void> {
    const now = Date.now();
    await this.#knex<GrantRow>('ml_grants')
      .where({ id })
      .where(builder =>
        builder
          .whereNull('last_used_at')
          .orWhere(
            'last_used_at',
            '<',
            new Date(now - USE_STEP_MS).toISOString(),
          ),
      )
      .update({ last_used_at: new Date(now).toISOString() });
  }

  #narrow(builder: Knex.QueryBuilder, query: GrantQuery): void {
    const { concerning, cursor, model, state, subject, team } = query;
    const now = new Date().toISOString();
    if (model) builder.where({ model });
    if (team) builder.where({ team });
    if (subject) builder.where({ subject });
    if (state === 'revoked') builder.whereNotNull('revoked_at');
    else if (state) {
      builder
        .whereNull('revoked_at')
        .where('expires_at', state === 'active' ? '>' : '<=', now);
    }
    if (concerning) {
      builder.where(nested =>
        nested
          .whereIn('subject', concerning)
          .orWhereIn('granted_by', concerning)
          .orWhereIn('team', concerning)
          .orWhereIn(
            'model',
            this.#knex('ml_models').whereIn('owner', concerning).select('name'),
          ),
      );
    }
    if (cursor) {
      const [at, id] = decodeCursor(cursor).split('|');
      builder.where(nested =>
        nested
          .where('granted_at', '<', at)
          .orWhere(same => same.where('granted_at', at).where('id', '<', id)),
      );
    }
  }
}

function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    subject: row.subject,
    model: row.model ?? undefined,
    team: row.team ?? undefined,
    capability: row.capability,
    reason: row.reason,
    state: stateOf(row),
    grantedBy: row.granted_by,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    revokedBy: row.revoked_by ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}

function stateOf(row: GrantRow): Grant['state'] {
  if (row.revoked_at) return 'revoked';
  return row.expires_at > new Date().toISOString() ? 'active' : 'expired';
}
