import type { Knex } from 'knex';

/** Says which manifests must stay, because somebody counts on them. */
export interface ArtifactProtection {
  /**
   * Asked within the transaction that would delete the manifest, after its row
   * was locked.
   * @returns why the manifest must stay and what to do instead, as the end of
   *   a sentence; undefined when it may go
   */
  isProtected(
    repository: string,
    digest: string,
    transaction?: Knex.Transaction,
  ): Promise<string | undefined>;
}

/** For a store that nobody else counts on. */
export const NOTHING_PROTECTED: ArtifactProtection = {
  isProtected: async () => undefined,
};
