import type { SizeException } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

export type NewSizeException = Omit<
  SizeException,
  'state' | 'revokedBy' | 'revokedAt'
>;

export interface SizeExceptionStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  get(id: string): Promise<SizeException | undefined>;
  /** Newest first, with those that are over. */
  list(model: string): Promise<SizeException[]>;
  /** The most that an exception allows the model now; 0 without one. */
  largestActive(model: string): Promise<number>;
  create(trx: Knex.Transaction, exception: NewSizeException): Promise<void>;
  /** @returns whether it was active */
  revoke(trx: Knex.Transaction, id: string, by: string): Promise<boolean>;
}
