import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** Counts what a team has in use, in the transaction that adds to it. */
export interface ReleaseQuotas {
  /** Lets others of the team wait until the transaction is over: what is counted then stays true. */
  lock(
    trx: Knex.Transaction,
    team: string,
    environment: Environment,
  ): Promise<void>;

  /** Models of the team that are in staging, or on their way there. */
  listStaged(team: string, trx?: Knex.Transaction): Promise<string[]>;

  /** When the team's deployments to production since a moment were asked for, oldest first. */
  listDeployed(
    query: { team: string; since: Date },
    trx?: Knex.Transaction,
  ): Promise<string[]>;
}
