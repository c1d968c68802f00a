import type {
  AuthService,
  BackstageCredentials,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { createPortalClient, type PortalAccess } from '@ml-platform/packaging';
import type { MlClient } from '@ml-platform/plugin-ml-common';

/**
 * The plugin `ml`, as who started the task: an action may do what they may do,
 * and its traces carry their name.
 */
export class MlAccess {
  readonly #options: { auth: AuthService; discovery: DiscoveryService };

  constructor(options: { auth: AuthService; discovery: DiscoveryService }) {
    this.#options = options;
  }

  async portal(credentials: BackstageCredentials): Promise<PortalAccess> {
    const { auth, discovery } = this.#options;
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: credentials,
      targetPluginId: 'ml',
    });
    const base = await discovery.getBaseUrl('ml');
    return { url: base.replace(/\/api\/ml\/?$/, ''), token };
  }

  async client(credentials: BackstageCredentials): Promise<MlClient> {
    return createPortalClient(await this.portal(credentials));
  }
}
