import { randomUUID } from 'node:crypto';
import type { AccountCredential } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type {
  AccessState,
  NewCredential,
  ServiceAccountStore,
  StoredAccount,
} from './ServiceAccountStore';
import {
  type AccountRow,
  type CredentialRow,
  toAccount,
  toAccountRow,
  toCredential,
  toCredentialRow,
} from './rows';

const now = () => new Date().toISOString();

export class DatabaseServiceAccountStore implements ServiceAccountStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(
    ref: string,
    trx?: Knex.Transaction,
  ): Promise<StoredAccount | undefined> {
    const row = await this.#accounts(trx).where({ ref }).first();
    return row && toAccount(row);
  }

  async list({ teams }: { teams?: string[] }): Promise<StoredAccount[]> {
    const rows = await this.#accounts()
      .modify(builder => {
        if (teams) builder.whereIn('team', teams);
      })
      .orderBy('ref');
    return rows.map(toAccount);
  }

  async create(
    trx: Knex.Transaction,
    account: Omit<StoredAccount, 'createdAt'>,
  ): Promise<void> {
    await this.#accounts(trx).insert(
      toAccountRow({ ...account, createdAt: now() }),
    );
  }

  async revoke(
    trx: Knex.Transaction,
    ref: string,
    by: string,
    reason: string,
  ): Promise<boolean> {
    const revoked = await this.#accounts(trx)
      .where({ ref })
      .whereNull('revoked_at')
      .update({ revoked_at: now(), revoked_by: by, revoked_reason: reason });
    return Boolean(revoked);
  }

  async touch(ref: string, at: string, as: 'api' | 'gateway'): Promise<void> {
    await this.#accounts()
      .where({ ref })
      .where(nested =>
        nested.whereNull('last_used_at').orWhere('last_used_at', '<', at),
      )
      .update({ last_used_at: at, last_used_as: as });
  }

  async addCredential(
    trx: Knex.Transaction,
    issued: NewCredential,
  ): Promise<void> {
    await this.#credentials(trx).insert(toCredentialRow(issued));
  }

  async getCredential(id: string): Promise<NewCredential | undefined> {
    const row = await this.#credentials().where({ id }).first();
    return row && { ...toCredential(row), account: row.account };
  }

  async listCredentials(ref: string): Promise<AccountCredential[]> {
    const rows = await this.#credentials()
      .where({ account: ref })
      .orderBy([
        { column: 'issued_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(100);
    return rows.map(toCredential);
  }

  async revokeCredential(
    trx: Knex.Transaction,
    ref: string,
    id: string,
    by: string,
  ): Promise<boolean> {
    const revoked = await this.#credentials(trx)
      .where({ id, account: ref })
      .whereNull('revoked_at')
      .update({ revoked_at: now(), revoked_by: by });
    return Boolean(revoked);
  }

  async isValid(ref: string, credential: string): Promise<boolean> {
    const row = await this.#credentials()
      .join('ml_service_accounts', 'ref', 'account')
      .where({ id: credential, account: ref })
      .whereNull('ml_account_credentials.revoked_at')
      .whereNull('ml_service_accounts.revoked_at')
      .first('id');
    return row !== undefined;
  }

  async listDenied(): Promise<string[]> {
    const rows = await this.#credentials()
      .whereNotNull('revoked_at')
      .where('expires_at', '>', now())
      .orderBy('id')
      .select('id');
    return rows.map(({ id }) => id);
  }

  async prune(before: Date): Promise<void> {
    const at = before.toISOString();
    await this.#credentials().where('expires_at', '<', at).delete();
    await this.#knex('ml_shown_proofs').where('expires_at', '<', at).delete();
  }

  async noteShown(
    trx: Knex.Transaction,
    hash: string,
    expiresAt: Date,
  ): Promise<boolean> {
    const noted = await trx('ml_shown_proofs')
      .insert({ hash, expires_at: expiresAt.toISOString() })
      .onConflict('hash')
      .ignore()
      .returning('hash');
    return noted.length > 0;
  }

  async getState(): Promise<AccessState> {
    const find = () =>
      this.#knex<StateRow>('ml_access_state').where({ id: 1 }).first();
    const found = await find();
    if (found) return toState(found);
    // Two starts at once make one row.
    await this.#knex('ml_access_state')
      .insert({ id: 1, epoch: randomUUID(), revision: 0 })
      .onConflict('id')
      .ignore();
    return toState((await find())!);
  }

  async setAuthority(certificate: string): Promise<AccessState> {
    await this.getState();
    await this.#knex('ml_access_state')
      .where({ id: 1 })
      .whereNull('authority')
      .update({ authority: certificate });
    return this.getState();
  }

  async bump(trx: Knex.Transaction): Promise<void> {
    await trx('ml_access_state').where({ id: 1 }).increment('revision', 1);
  }

  #accounts(trx?: Knex.Transaction) {
    return (trx ?? this.#knex)<AccountRow>('ml_service_accounts');
  }

  #credentials(trx?: Knex.Transaction) {
    return (trx ?? this.#knex)<CredentialRow>('ml_account_credentials');
  }
}

interface StateRow {
  id: number;
  epoch: string;
  revision: number;
  authority: string | null;
}

function toState({ authority, epoch, revision }: StateRow): AccessState {
  return { epoch, revision, authority: authority ?? undefined };
}
