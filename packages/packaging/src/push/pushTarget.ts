import type { PlatformInfo } from '@ml-platform/plugin-ml-common';
import type { PortalAccess } from '../network/createPortalClient';
import type { Credentials } from './RegistryAuth';
import { registryUrl } from './registryUrl';

/** Where packages are pushed to, and as whom. */
export interface PushTarget {
  /** Base URL of the registry. */
  base: string;
  /** Header of each request, where the registry is the portal. */
  authorization?: string;
  /** What another registry's challenges are answered with. */
  credentials?: Credentials;
  /** Stands before the name of each repository, with its slash. */
  prefix: string;
}

/**
 * The portal itself, or the registry that it keeps its artifacts in. That one
 * has accounts of its own, and never sees the token of the portal.
 */
export function pushTarget(
  portal: PortalAccess,
  info: PlatformInfo,
  env: NodeJS.ProcessEnv,
): PushTarget {
  const { externalRegistry } = info;
  if (!externalRegistry) {
    return {
      base: registryUrl(portal, info),
      authorization: `Bearer ${portal.token}`,
      prefix: '',
    };
  }
  const { url, repositoryPrefix } = externalRegistry;
  const { ML_REGISTRY_USERNAME: user, ML_REGISTRY_PASSWORD: password } = env;
  return {
    base: url,
    credentials: user && password ? { username: user, password } : undefined,
    prefix: repositoryPrefix ? `${repositoryPrefix}/` : '',
  };
}
