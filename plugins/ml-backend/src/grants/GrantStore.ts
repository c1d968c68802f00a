import type {
  Grant,
  GrantedAccess,
  GrantRequest,
  Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** A grant that is good now, as decisions need it. */
export type ActiveGrant = Pick<Grant, 'id' | 'subject' | 'capability'>;

export interface GrantQuery {
  model?: string;
  team?: string;
  subject?: string;
  state?: Grant['state'];
  /** Only grants to these, for their models or by them. */
  concerning?: string[];
  limit: number;
  cursor?: string;
}

export interface GrantStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  get(id: string): Promise<Grant | undefined>;
  /** Newest first. */
  list(query: GrantQuery): Promise<Page<Grant>>;
  /** Those for a model that are good now, its team's included. */
  listActive(model: { name: string; owner: string }): Promise<ActiveGrant[]>;
  /** What was granted to any of the subjects, and is good now. */
  grantedTo(subjects: string[]): Promise<GrantedAccess>;
  create(
    trx: Knex.Transaction,
    grant: GrantRequest & { grantedBy: string },
  ): Promise<Grant>;
  /** Ends a grant that is good; false when it is not. */
  revoke(trx: Knex.Transaction, id: string, by: string): Promise<boolean>;
  /** Notes that a grant was what let something happen. */
  noteUse(id: string): Promise<void>;
}
