import type { ServedVersion, Version } from '@ml-platform/plugin-ml-common';

/** What the data plane needs to know of a version. */
export function servedVersionOf(version: Version): ServedVersion {
  const { artifact, batching } = version.package;
  if (artifact === undefined) {
    // The release was refused before, see `checkServed`.
    throw new Error(
      `${version.model}@${version.version} has no model file that could be served`,
    );
  }
  return {
    version: version.version,
    format: version.format,
    repository: version.repository,
    digest: version.digest,
    artifact,
    interface: version.interface,
    ...(batching && { batching }),
  };
}
