import semver from 'semver';
import { z } from 'zod';

/**
 * A model's name: as a Kubernetes label, so that it fits URLs, OCI
 * repositories and entity names alike.
 * @public
 */
export const modelNameSchema = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be lower-case letters, digits and dashes, starting and ending with a letter or digit',
  );

/**
 * A version: strict semantic version 2.0 without build metadata. Its major is the API version.
 * @public
 */
export const versionSchema = z
  .string()
  .max(64)
  .refine(
    value => semver.valid(value) === value && !value.includes('+'),
    'must be a semantic version such as 1.4.0, without a leading v or build metadata',
  );

/**
 * `model@version` as people type it.
 * @public
 */
export interface VersionRef {
  model: string;
  version?: string;
}

/**
 * Parses `model` or `model@version`.
 * @public
 */
export function parseVersionRef(
  text: string,
): { ref: VersionRef } | { error: string } {
  const [model, version, ...rest] = text.split('@');
  if (rest.length || !modelNameSchema.safeParse(model).success) {
    return { error: `'${text}' is not of the form <model>@<version>` };
  }
  if (version !== undefined && !versionSchema.safeParse(version).success) {
    return {
      error: `'${version}' is not a semantic version such as 1.4.0`,
    };
  }
  return { ref: { model, version } };
}

/**
 * The API version of a version: its semver major.
 * @public
 */
export function apiVersionOf(version: string): number {
  return semver.major(version);
}

/**
 * The OCI repository that holds a model's versions.
 * @public
 */
export function repositoryOf(model: string): string {
  return `models/${model}`;
}

/**
 * The model whose versions a repository holds; undefined for any other.
 * @public
 */
export function modelOfRepository(repository: string): string | undefined {
  return /^models\/([^/]+)$/.exec(repository)?.[1];
}
