import type { DatasetUse, Page } from '@ml-platform/plugin-ml-common';
import type { ModelVisibility } from '../authorization/Authorizer';
import type { EdgeRow } from './edges';

/** A version that a walk came by, and after how many steps. */
export interface Step {
  /** Key of the version. */
  node: string;
  depth: number;
}

export interface LineageStore {
  /**
   * Versions by their parents (`up`) or children (`down`), nearest first,
   * beginning with the root; a version that is reached in several ways may
   * appear with each of its depths.
   */
  walk(query: {
    root: string;
    way: 'up' | 'down';
    depth: number;
    limit: number;
  }): Promise<Step[]>;

  /** Edges of these versions in the order of their packages. */
  listEdges(sources: string[], limit: number): Promise<EdgeRow[]>;

  /** By model, highest version first; no deleted ones. */
  listDatasetUses(query: {
    visibility: ModelVisibility;
    /** Digest or URI. */
    dataset: string;
    limit: number;
    cursor?: string;
  }): Promise<Page<DatasetUse>>;

  /** What the registry knows of these versions. */
  getVersions(keys: { model: string; version: string }[]): Promise<
    Array<{
      model: string;
      version: string;
      state: DatasetUse['state'];
      digest: string;
      createdAt: string;
      package: string;
    }>
  >;
}
