import type { Card } from '../package/card';
import type { Format } from '../package/formats';
import type { ModelFile } from '../package/modelFile';
import type { ModelInterface } from '../interface/tensors';
import type { Deployment } from '../releases/types';

/**
 * What a team owns.
 * @public
 */
export interface Model {
  name: string;
  title: string;
  description: string;
  /** Entity reference of the owning group or user, in full form. */
  owner: string;
  system?: string;
  dependsOn: string[];
  tags: string[];
  /** ISO 8601. */
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  /** Highest version that is not a pre-release, else the highest of all. */
  latestVersion?: string;
  versionCount: number;
  /** One entry for each environment that the model was ever released to. */
  deployments: Deployment[];
}

/** @public */
export interface VersionFile {
  path: string;
  digest: string;
  /** Bytes. */
  size: number;
  mediaType: string;
}

/**
 * States of a version. A `draft` can be tried in staging and never reaches
 * production; `deprecated` still serves until its sunset; `deleted` is a
 * tombstone: its name stays taken, its bytes are gone.
 * @public
 */
export const VERSION_STATES = [
  'draft',
  'registered',
  'deprecated',
  'deleted',
] as const;

/** @public */
export type VersionState = (typeof VERSION_STATES)[number];

/** @public */
export interface Deprecation {
  at: string;
  by: string;
  /** ISO 8601 date, at least eight weeks after the deprecation. */
  sunset: string;
  reason: string;
  /** Version to move to. */
  replacement?: string;
}

/**
 * An immutable version of a model: one OCI manifest.
 * @public
 */
export interface Version {
  model: string;
  version: string;
  /** Digest of the OCI manifest. */
  digest: string;
  /** OCI repository that holds it. */
  repository: string;
  format: Format;
  description: string;
  interface: ModelInterface;
  card: Card;
  /** `model.yaml` as registered. */
  package: ModelFile;
  files: VersionFile[];
  /** Bytes of all files. */
  sizeBytes: number;
  state: VersionState;
  deprecation?: Deprecation;
  /** Names that point at it now. */
  aliases: string[];
  createdAt: string;
  createdBy: string;
}

/** @public */
export interface Page<T> {
  items: T[];
  /** Pass it as `cursor` to get the next page; absent on the last one. */
  nextCursor?: string;
}
