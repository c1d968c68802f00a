import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { OidcAuthApi } from './oidcAuthApi';
import { SignInExtension } from './SignInExtension';

export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [OidcAuthApi, SignInExtension],
});
