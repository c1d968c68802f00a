import type {
  AuthService,
  BackstageCredentials,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { MlClient } from '@ml-platform/plugin-ml-common';

/**
 * A client of the plugin `ml` for other plugins: it acts on behalf of the
 * credentials, or, where there are none, as the plugin itself.
 * @public
 */
export function createMlClient(options: {
  auth: AuthService;
  discovery: DiscoveryService;
  credentials?: BackstageCredentials;
}): MlClient {
  const { auth, credentials, discovery } = options;
  return new MlClient({
    baseUrl: () => discovery.getBaseUrl('ml'),
    fetch: async (input, init) => {
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: credentials ?? (await auth.getOwnServiceCredentials()),
        targetPluginId: 'ml',
      });
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    },
  });
}
