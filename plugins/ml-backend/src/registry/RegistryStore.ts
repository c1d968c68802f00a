import type {
  Deprecation,
  MetricCondition,
  Model,
  Page,
  Version,
  VersionState,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ModelVisibility } from '../authorization/Authorizer';

/** A model without what other domains know of it. */
export type StoredModel = Omit<Model, 'deployments'>;

/** What a package, or whoever creates the model, says of it. */
export type ModelFacts = Pick<
  StoredModel,
  'title' | 'description' | 'owner' | 'system' | 'dependsOn' | 'tags'
>;

export interface ModelQuery {
  visibility: ModelVisibility;
  limit: number;
  cursor?: string;
  q?: string;
}

export interface VersionQuery {
  visibility: ModelVisibility;
  limit: number;
  cursor?: string;
  q?: string;
  owner?: string;
  tags?: string[];
  format?: string;
  /** Without one, every state but `deleted`. */
  state?: VersionState;
  alias?: string;
  liveIn?: string;
  metrics?: MetricCondition[];
}

/** A move of a version to another state, from one of those expected. */
export interface StateChange {
  from: VersionState[];
  to: VersionState;
  deprecation?: Deprecation;
}

export interface RegistryStore {
  getModel(name: string): Promise<StoredModel | undefined>;
  /** Those of the names that there are, and that may be seen. */
  getModels(
    names: string[],
    visibility?: ModelVisibility,
  ): Promise<StoredModel[]>;
  /** By name. */
  listModels(query: ModelQuery): Promise<Page<StoredModel>>;

  getVersion(
    model: string,
    version: string,
    trx?: Knex.Transaction,
  ): Promise<Version | undefined>;
  /** Highest version first, without deleted ones. */
  listVersions(
    model: string,
    query: { limit: number; cursor?: string },
  ): Promise<Page<Version>>;
  /** By model, highest version first. */
  searchVersions(query: VersionQuery): Promise<Page<Version>>;
  /** Highest version of an API version that callers rely on: no draft, not deleted. */
  getHighestOfMajor(model: string, major: number): Promise<Version | undefined>;

  /** Deprecated versions: of one model, or of all. */
  listDeprecations(
    model?: string,
  ): Promise<{ model: string; version: string; deprecation: Deprecation }[]>;

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /**
   * Adds a model without a version.
   * @throws an error that `isDatabaseConflictError` knows when it exists
   */
  insertModel(trx: Knex.Transaction, model: StoredModel): Promise<void>;
  /**
   * Adds the version and creates or refreshes its model.
   * @throws an error that `isDatabaseConflictError` knows when it exists
   */
  insertVersion(
    trx: Knex.Transaction,
    version: Version,
    model: ModelFacts,
  ): Promise<void>;

  /**
   * Changes the state of a version, if it still is in one of those expected.
   * @returns whether it did
   */
  setState(
    trx: Knex.Transaction,
    key: { model: string; version: string },
    change: StateChange,
  ): Promise<boolean>;
}
