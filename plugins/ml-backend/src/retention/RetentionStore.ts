import type {
  RetentionRule,
  RetentionSubject,
  StoredRetentionRule,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** A version with what a rule asks about it. */
export interface Candidate extends RetentionSubject {
  aliases: string[];
  /** Versions that are not deleted and were made from it, `<model>@<version>`. */
  children: string[];
}

export interface RetentionStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  get(
    model: string,
    trx?: Knex.Transaction,
  ): Promise<StoredRetentionRule | undefined>;
  list(): Promise<StoredRetentionRule[]>;
  set(
    trx: Knex.Transaction,
    model: string,
    rule: RetentionRule,
    by: string,
  ): Promise<void>;
  /** @returns whether there was one */
  clear(trx: Knex.Transaction, model: string): Promise<boolean>;
  /** Versions that are not deleted, those registered last first. */
  listCandidates(model: string, trx?: Knex.Transaction): Promise<Candidate[]>;
}
