import type {
  AccountCredential,
  ServiceAccount,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** An account as it is kept; its names are made of the reference. */
export type StoredAccount = Omit<ServiceAccount, 'teamName' | 'spiffeId'>;

export interface NewCredential
  extends Omit<AccountCredential, 'revokedAt' | 'revokedBy'> {
  account: string;
}

/** What the data plane is told changes with each revision. */
export interface AccessState {
  epoch: string;
  revision: number;
  /** Certificate of the embedded authority, in PEM. */
  authority?: string;
}

export interface ServiceAccountStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  get(ref: string, trx?: Knex.Transaction): Promise<StoredAccount | undefined>;
  /** By name; those of these teams, or all. */
  list(query: { teams?: string[] }): Promise<StoredAccount[]>;
  /** @throws an error that `isDatabaseConflictError` knows when the name is taken */
  create(
    trx: Knex.Transaction,
    account: Omit<StoredAccount, 'createdAt'>,
  ): Promise<void>;
  /** False when it is revoked already. */
  revoke(
    trx: Knex.Transaction,
    ref: string,
    by: string,
    reason: string,
  ): Promise<boolean>;
  touch(ref: string, at: string, as: 'api' | 'gateway'): Promise<void>;

  addCredential(trx: Knex.Transaction, issued: NewCredential): Promise<void>;
  getCredential(id: string): Promise<NewCredential | undefined>;
  /** Newest first, those that are over included for a while. */
  listCredentials(ref: string): Promise<AccountCredential[]>;
  /** False when it is revoked already, or not of the account. */
  revokeCredential(
    trx: Knex.Transaction,
    ref: string,
    id: string,
    by: string,
  ): Promise<boolean>;
  /** Whether neither the credential nor its account was revoked. */
  isValid(ref: string, credential: string): Promise<boolean>;
  /** Ids of what was revoked and would still be valid. */
  listDenied(): Promise<string[]>;
  /** Forgets what has been over since before the given time. */
  prune(before: Date): Promise<void>;

  /** Notes that a proof was shown; false when it was shown before. */
  noteShown(
    trx: Knex.Transaction,
    hash: string,
    expiresAt: Date,
  ): Promise<boolean>;

  getState(): Promise<AccessState>;
  setAuthority(certificate: string): Promise<AccessState>;
  /** In the transaction of what the data plane has to be told. */
  bump(trx: Knex.Transaction): Promise<void>;
}
