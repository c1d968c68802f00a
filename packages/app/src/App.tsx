import { createApp } from '@backstage/frontend-defaults';
import { mlIconsModule, mlScaffolderModule } from '@ml-platform/plugin-ml';
import { navModule } from './modules/nav';
import { signInModule } from './modules/signIn';

// All other plugins are found in package.json (`app.packages: all`).
export default createApp({
  features: [mlIconsModule, mlScaffolderModule, navModule, signInModule],
});
