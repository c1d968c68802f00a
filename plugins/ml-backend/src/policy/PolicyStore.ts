import type {
  PolicyKey,
  PolicyValues,
  PolicyVersion,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** A version as it is kept: with all values, and without what it changed. */
export interface StoredPolicyVersion
  extends Omit<PolicyVersion, 'keys' | 'changes'> {
  values: PolicyValues;
  /** Keys that a second person decided on, rather than the configuration. */
  approved: PolicyKey[];
}

export interface PolicyStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** The version that holds; undefined before the first start. */
  newest(trx?: Knex.Transaction): Promise<StoredPolicyVersion | undefined>;
  get(
    version: number,
    trx?: Knex.Transaction,
  ): Promise<StoredPolicyVersion | undefined>;
  /** Newest first, those before a version. */
  list(query: {
    limit: number;
    before?: number;
  }): Promise<StoredPolicyVersion[]>;
  /** Oldest first, those that began before a moment. */
  listUntil(to: string): Promise<StoredPolicyVersion[]>;
  /** @throws an error that `isDatabaseConflictError` knows when there is one of that number */
  append(trx: Knex.Transaction, version: StoredPolicyVersion): Promise<void>;
}
