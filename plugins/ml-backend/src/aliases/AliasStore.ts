import type {
  Alias,
  AliasMove,
  AliasPolicy,
  AliasPolicyChange,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

export interface AliasKey {
  model: string;
  name: string;
}

export interface AliasStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  list(model: string): Promise<Alias[]>;
  get(key: AliasKey, trx?: Knex.Transaction): Promise<Alias | undefined>;
  /** Newest first. */
  history(key: AliasKey): Promise<AliasMove[]>;
  getPolicy(key: AliasKey): Promise<AliasPolicy | undefined>;
  /** Keeps the change. */
  setPolicy(
    trx: Knex.Transaction,
    key: AliasKey,
    change: Omit<AliasPolicyChange, 'at'>,
  ): Promise<void>;
  /** Newest first. */
  policyHistory(key: AliasKey): Promise<AliasPolicyChange[]>;
  /** Points the alias at a version, or removes it; keeps the move. */
  move(
    trx: Knex.Transaction,
    key: AliasKey,
    move: { from?: string; to?: string; by: string; reason?: string },
  ): Promise<void>;
}
