import type { ServedVersion, Version } from '@ml-platform/plugin-ml-common';

/** What the data plane needs to know of a version. */
export function servedVersionOf(version: Version): ServedVersion {
  return {
    version: version.version,
    format: version.format,
    repository: version.repository,
    digest: version.digest,
    artifact: version.package.artifact,
    interface: version.interface,
  };
}
