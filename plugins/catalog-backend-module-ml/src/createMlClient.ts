import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { MlClient } from '@ml-platform/plugin-ml-common';

/** A client of the plugin `ml` that acts as the catalog itself. */
export function createMlClient(options: {
  auth: AuthService;
  discovery: DiscoveryService;
}): MlClient {
  const { auth, discovery } = options;
  return new MlClient({
    baseUrl: () => discovery.getBaseUrl('ml'),
    fetch: async (input, init) => {
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: 'ml',
      });
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    },
  });
}
