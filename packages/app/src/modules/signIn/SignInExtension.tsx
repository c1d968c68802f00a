import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import { z } from 'zod';

/** The page of who is not signed in; `auto` goes to the provider at once. */
export const SignInExtension = SignInPageBlueprint.makeWithOverrides({
  configSchema: { auto: z.boolean().default(false) },
  factory: (originalFactory, { config }) =>
    originalFactory({
      loader: async () => {
        const { SignInPage } = await import('./SignInPage');
        return props => <SignInPage {...props} auto={config.auto} />;
      },
    }),
});
