import type { DatasetRole, Lineage, ParentRelation } from '../package/lineage';
import type { VersionState } from '../registry/types';
import type { Environment } from '../releases/types';

/**
 * Which way lineage is followed: back to what a version was made from, or on
 * to what was made from it and where it is deployed.
 * @public
 */
export const LINEAGE_DIRECTIONS = ['upstream', 'downstream', 'both'] as const;

/** @public */
export type LineageDirection = (typeof LINEAGE_DIRECTIONS)[number];

/** @public */
export interface VersionNode {
  id: string;
  kind: 'version';
  model: string;
  version: string;
  /** `missing`: a package names it, and the registry does not have it. */
  state: VersionState | 'missing';
  /** Digest of the manifest. */
  digest?: string;
  createdAt?: string;
  /** Hyperparameters. */
  parameters?: Lineage['parameters'];
}

/** @public */
export interface DatasetNode {
  id: string;
  kind: 'dataset';
  name: string;
  uri?: string;
  digest?: string;
  version?: string;
}

/** @public */
export type CodeNode = { id: string; kind: 'code' } & NonNullable<
  Lineage['code']
>;

/** @public */
export interface RunNode {
  id: string;
  kind: 'run';
  tracker: string;
  run: string;
  uri?: string;
}

/** @public */
export interface EnvironmentNode {
  id: string;
  kind: 'environment';
  versions?: Lineage['environment'];
  lockFile?: Lineage['lockFile'];
  baseImage?: string;
}

/** @public */
export interface DeploymentNode {
  id: string;
  kind: 'deployment';
  model: string;
  environment: Environment;
  since?: string;
  by?: string;
}

/**
 * A version that is not registered here, or that the caller may not see: which
 * of the two is not told.
 * @public
 */
export interface HiddenNode {
  id: string;
  kind: 'hidden';
}

/** @public */
export type LineageNode =
  | VersionNode
  | DatasetNode
  | CodeNode
  | RunNode
  | EnvironmentNode
  | DeploymentNode
  | HiddenNode;

/** @public */
export type LineageRelation =
  | 'serves'
  | DatasetRole
  | 'code'
  | 'run'
  | 'environment'
  | ParentRelation;

/**
 * From what depends on something to what it depends on: a deployment serves a
 * version, a version has a dataset, and is fine-tuned from another version.
 * @public
 */
export interface LineageEdge {
  from: string;
  to: string;
  relation: LineageRelation;
}

/** @public */
export interface LineageGraph {
  /** Id of the node that was asked about. */
  root: string;
  direction: LineageDirection;
  /** Steps from version to version that were followed. */
  depth: number;
  nodes: LineageNode[];
  edges: LineageEdge[];
  /** There is more than is shown. */
  truncated: boolean;
  /** By the depth that was asked for, or by how many nodes one answer holds. */
  truncatedBy?: 'depth' | 'size';
}

/**
 * A version that was made with a dataset.
 * @public
 */
export interface DatasetUse {
  model: string;
  version: string;
  state: VersionState;
  role: DatasetRole;
  /** As that version's package calls it. */
  dataset: { name: string; uri?: string; digest?: string; version?: string };
  createdAt: string;
}
