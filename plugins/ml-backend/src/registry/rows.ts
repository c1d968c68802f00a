import type { Version, VersionState } from '@ml-platform/plugin-ml-common';
import type { ModelFacts, StoredModel } from './RegistryStore';

/** In the column `latest_version`, which is never null: the model has none yet. */
export const NO_VERSION = '';

export interface ModelRow {
  name: string;
  title: string;
  description: string;
  owner: string;
  system: string | null;
  depends_on: string;
  tags: string;
  latest_version: string;
  version_count: number;
  created_at: string;
  created_by: string;
  updated_at: string;
}

export interface VersionRow {
  model: string;
  version: string;
  sort_key: string;
  major: number;
  digest: string;
  repository: string;
  format: string;
  package: string;
  card: string;
  files: string;
  /** PostgreSQL gives a bigint as text. */
  size_bytes: number | string;
  state: VersionState;
  deprecation: string | null;
  created_at: string;
  created_by: string;
}

export function toModel(row: ModelRow): StoredModel {
  return {
    name: row.name,
    title: row.title,
    description: row.description,
    owner: row.owner,
    system: row.system ?? undefined,
    dependsOn: JSON.parse(row.depends_on),
    tags: JSON.parse(row.tags),
    ...(row.latest_version !== NO_VERSION && {
      latestVersion: row.latest_version,
    }),
    versionCount: Number(row.version_count),
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
  };
}

export function toFactColumns(facts: ModelFacts) {
  return {
    title: facts.title,
    description: facts.description,
    owner: facts.owner,
    system: facts.system ?? null,
    depends_on: JSON.stringify(facts.dependsOn),
    tags: JSON.stringify(facts.tags),
  };
}

export function toVersion(row: VersionRow, aliases: string[]): Version {
  const file: Version['package'] = JSON.parse(row.package);
  return {
    model: row.model,
    version: row.version,
    digest: row.digest,
    repository: row.repository,
    format: file.format,
    description: file.description,
    interface: file.interface,
    card: JSON.parse(row.card),
    package: file,
    files: JSON.parse(row.files),
    sizeBytes: Number(row.size_bytes),
    state: row.state,
    ...(row.deprecation && { deprecation: JSON.parse(row.deprecation) }),
    aliases,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

export function toVersionRow(
  version: Version,
): Omit<VersionRow, 'sort_key' | 'major'> {
  return {
    model: version.model,
    version: version.version,
    digest: version.digest,
    repository: version.repository,
    format: version.format,
    package: JSON.stringify(version.package),
    card: JSON.stringify(version.card),
    files: JSON.stringify(version.files),
    size_bytes: version.sizeBytes,
    state: version.state,
    deprecation: version.deprecation
      ? JSON.stringify(version.deprecation)
      : null,
    created_at: version.createdAt,
    created_by: version.createdBy,
  };
}
