import type { ServedVersion, Version } from '@ml-platform/plugin-ml-common';

/** What the data plane needs to know of a version. */
export function servedVersionOf(version: Version): ServedVersion {
  const { artifact, batching, container, mlserver, monitoring, resources } =
    version.package;
  return {
    version: version.version,
    format: version.format,
    repository: version.repository,
    digest: version.digest,
    artifact,
    interface: version.interface,
    ...(batching && { batching }),
    ...(mlserver && { mlserver }),
    ...(container && { container }),
    ...(monitoring && { monitoring }),
    ...(resources && { resources }),
  };
}
