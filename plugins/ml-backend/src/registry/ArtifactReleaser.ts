import type { Knex } from 'knex';

/** Ties manifests in the artifact store to the versions that are made of them. */
export interface ArtifactReleaser {
  /**
   * Keeps a manifest from being deleted until the transaction ends.
   * @throws ConflictError when it is gone already
   */
  hold(
    repository: string,
    digest: string,
    trx: Knex.Transaction,
  ): Promise<void>;
  /** Lets the store forget a manifest; unused bytes are collected later. */
  release(
    repository: string,
    digest: string,
    trx: Knex.Transaction,
  ): Promise<void>;
  /** What happens to the bytes of a version that is deleted, as a sentence. */
  consequence(version: { name: string; digest: string }): string;
}
