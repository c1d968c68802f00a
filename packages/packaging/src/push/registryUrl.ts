import type { PlatformInfo } from '@ml-platform/plugin-ml-common';
import type { PortalAccess } from '../network/createPortalClient';

/**
 * Base URL of the OCI registry of the portal, which everything can be read
 * from. It speaks as the portal does, with or without TLS; where it is the
 * address of the portal itself, the address that we reached is kept.
 */
export function registryUrl(access: PortalAccess, info: PlatformInfo): string {
  const portal = new URL(access.url);
  // The portal passes on what it keeps in another registry.
  if (info.externalRegistry) return portal.origin;
  const registry = new URL(`${portal.protocol}//${info.registry}`);
  const isLocal = [portal, registry].every(({ hostname }) =>
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname),
  );
  return isLocal && portal.port === registry.port
    ? portal.origin
    : registry.origin;
}
