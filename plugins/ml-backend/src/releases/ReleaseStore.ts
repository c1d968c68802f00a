import type {
  Environment,
  LiftedRule,
  Page,
  Release,
  ReleaseFilter,
  ReleaseState,
  ReleaseTransition,
  RolloutStatus,
  Strategy,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { DeploymentState } from './deploymentState';

/** A deployment as stored: what is wanted, whatever the data plane says. */
export interface StoredDeployment extends DeploymentState {
  model: string;
  environment: Environment;
  releaseNumber?: number;
  since?: string;
  by?: string;
  generation: number;
}

export interface NewRelease {
  model: string;
  environment: Environment;
  kind: Release['kind'];
  version: string;
  strategy: Strategy;
  reason?: string;
  promotedFrom?: string;
  /** The first one. */
  state: Extract<ReleaseState, 'gate' | 'pending'>;
  requestedBy: string;
  idempotencyKey?: string;
}

/** A release with what its runner needs. */
export interface ActiveRelease extends Release {
  generation?: number;
}

/** A move of a release from one state to the next. */
export interface ReleaseChange {
  from: ReleaseState;
  to: ReleaseState;
  actor: string;
  cause: string;
  error?: string;
  generation?: number;
}

export interface ReleaseStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;

  /** With the course of its rollout, which all others leave out. */
  get(id: string): Promise<Release | undefined>;
  getByNumber(
    key: { model: string; environment: Environment },
    number: number,
  ): Promise<Release | undefined>;
  getTransitions(id: string): Promise<ReleaseTransition[]>;
  findByIdempotencyKey(
    requestedBy: string,
    key: string,
  ): Promise<Release | undefined>;
  /** Newest first. */
  list(
    query: ReleaseFilter & { model: string; limit: number; cursor?: string },
  ): Promise<Page<Release>>;
  getActive(
    model: string,
    environment: Environment,
    trx?: Knex.Transaction,
  ): Promise<Release | undefined>;
  listActive(models?: string[]): Promise<Release[]>;
  /** The newest release of each deployment where that one failed or was rolled back. */
  listNewestFailed(models?: string[]): Promise<Release[]>;
  /** Whether the version was ever live there. */
  hasSucceeded(
    model: string,
    environment: Environment,
    version: string,
  ): Promise<boolean>;

  /** Milliseconds for which the version was live there without a break, at most. */
  longestServed(
    model: string,
    environment: Environment,
    version: string,
  ): Promise<number>;

  /**
   * Creates a release in its first state.
   * @throws an error that `isDatabaseConflictError` knows while another one is active
   */
  create(trx: Knex.Transaction, release: NewRelease): Promise<Release>;

  /** How a release takes over, the rules that did not hold for it, and those that it waits to have lifted. */
  settle(
    trx: Knex.Transaction,
    id: string,
    how: {
      strategy?: Strategy;
      lifted: LiftedRule[];
      awaiting?: LiftedRule[];
      /** What is live as it begins. */
      fromVersion?: string;
    },
  ): Promise<void>;

  /** Keeps which evaluation its gate waits for. */
  noteEvaluation(
    id: string,
    evaluation: string,
    trx?: Knex.Transaction,
  ): Promise<void>;

  /** Keeps a release that has succeeded already, without us. */
  record(
    trx: Knex.Transaction,
    release: Omit<NewRelease, 'idempotencyKey' | 'state'> & {
      id: string;
      fromVersion: string;
      at: string;
    },
  ): Promise<Release>;

  /**
   * Takes or keeps the right to carry a release out; undefined when another
   * process has it or the release is over.
   */
  claim(
    id: string,
    owner: string,
    until: Date,
  ): Promise<ActiveRelease | undefined>;

  /** Lets another process take the release over at once. */
  unclaim(id: string, owner: string): Promise<void>;

  /**
   * Moves a release on, if it still is in the state expected.
   * @returns whether it did
   */
  transition(
    trx: Knex.Transaction,
    id: string,
    change: ReleaseChange,
  ): Promise<boolean>;

  /** Keeps what the data plane last said of a canary. */
  saveRollout(
    id: string,
    rollout: RolloutStatus,
    trx?: Knex.Transaction,
  ): Promise<void>;

  getDeployment(
    model: string,
    environment: Environment,
    trx?: Knex.Transaction,
  ): Promise<StoredDeployment | undefined>;
  listDeployments(query: {
    models?: string[];
    environment?: Environment;
  }): Promise<StoredDeployment[]>;
  saveDeployment(
    trx: Knex.Transaction,
    deployment: StoredDeployment,
  ): Promise<void>;
  /** Gives the next generation for the deployment's routes, and keeps it. */
  nextGeneration(
    trx: Knex.Transaction,
    model: string,
    environment: Environment,
  ): Promise<number>;
}
