import type { AccessEntry } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { GrantRow } from '../../grants/DatabaseGrantStore';
import type { AccountRow } from '../../serviceAccounts/rows';
import type { AccessReviewStore, Period } from './AccessReviewStore';

interface ApprovalRow {
  id: string;
  kind: string;
  model: string | null;
  reason: string;
  state: string;
  requested_by: string;
  requested_at: string;
  expires_at: string;
  decided_by: string | null;
  decided_at: string | null;
  used_at: string | null;
  broken_by: string | null;
  reviewed_by: string | null;
}

/** Reads across the tables of governance, for nothing but reviews. */
export class DatabaseAccessReviewStore implements AccessReviewStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  async listGrants({ from, to }: Period): Promise<AccessEntry[]> {
    const rows = await this.#knex<GrantRow>('ml_grants')
      .where('granted_at', '<', to)
      .where('expires_at', '>=', from)
      .where(builder =>
        builder.whereNull('revoked_at').orWhere('revoked_at', '>=', from),
      )
      .orderBy(['granted_at', 'id']);
    return rows.map(row => ({
      kind: 'grant',
      subject: row.subject,
      what: row.capability,
      scope: row.model ? `model:${row.model}` : `all of ${row.team}`,
      from: row.granted_at,
      until: row.revoked_at ?? row.expires_at,
      state: stateOfGrant(row, to),
      givenBy: row.granted_by,
      reason: row.reason,
      lastUsedAt: before(row.last_used_at, to),
      reference: `grant:${row.id}`,
    }));
  }

  async listAccounts({ from, to }: Period): Promise<AccessEntry[]> {
    const rows = await this.#knex<AccountRow>('ml_service_accounts')
      .where('created_at', '<', to)
      .where(builder =>
        builder.whereNull('revoked_at').orWhere('revoked_at', '>=', from),
      )
      .orderBy(['created_at', 'ref']);
    return rows.map(row => ({
      kind: 'service-account',
      subject: row.ref,
      what: (JSON.parse(row.capabilities) as string[]).join(' '),
      scope: (JSON.parse(row.models) as string[])
        .map(model => `model:${model}`)
        .join(' '),
      from: row.created_at,
      until: row.revoked_at ?? undefined,
      state: before(row.revoked_at, to) ? 'revoked' : 'active',
      // Who answers for it is who created it.
      givenBy: row.owner,
      reason: row.description,
      lastUsedAt: before(row.last_used_at, to),
      reference: row.ref,
    }));
  }

  async listApprovals({ from, to }: Period): Promise<AccessEntry[]> {
    const rows = await this.#knex<ApprovalRow>('ml_approvals')
      .where('requested_at', '<', to)
      .where(builder =>
        builder
          .where('requested_at', '>=', from)
          .orWhere('decided_at', '>=', from)
          .orWhere('used_at', '>=', from)
          .orWhere(open =>
            open.whereNull('decided_at').where('expires_at', '>=', from),
          ),
      )
      .orderBy(['requested_at', 'id']);
    return rows.map(row => ({
      kind: 'approval',
      subject: row.requested_by,
      what: row.broken_by ? `${row.kind} (break-glass)` : row.kind,
      scope: row.model ? `model:${row.model}` : 'platform',
      from: row.requested_at,
      until: row.decided_at ?? row.expires_at,
      state:
        row.state === 'pending' && row.expires_at < to ? 'expired' : row.state,
      givenBy: row.requested_by,
      // Whoever broke the glass is no second person; who reviewed it is.
      approvedBy:
        (row.broken_by ? row.reviewed_by : row.decided_by) ?? undefined,
      reason: row.reason,
      lastUsedAt: before(row.used_at, to),
      reference: `approval:${row.id}`,
    }));
  }

  async lastActs({ to }: Period): Promise<Map<string, string>> {
    const rows: Array<{ actor: string; last: string }> = await this.#knex(
      'ml_audit_events',
    )
      .where('at', '<', to)
      .whereIn('outcome', ['intended', 'succeeded'])
      .groupBy('actor')
      .select('actor')
      .max({ last: 'at' });
    return new Map(rows.map(({ actor, last }) => [actor, last]));
  }
}

function stateOfGrant(row: GrantRow, to: string): string {
  if (before(row.revoked_at, to)) return 'revoked';
  return row.expires_at < to ? 'expired' : 'active';
}

function before(at: string | null, to: string): string | undefined {
  return at && at < to ? at : undefined;
}
