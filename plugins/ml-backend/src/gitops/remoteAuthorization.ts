import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  DefaultGitlabCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';

/**
 * Draws what is shown to a Git server from Backstage's `integrations`: a
 * token, or that of a GitHub App.
 * @throws InputError when no integration knows the host
 */
export function remoteAuthorization(
  config: Config,
  url: string,
): () => Promise<string | undefined> {
  const integrations = ScmIntegrations.fromConfig(config);
  const basic = (user: string, token: string | undefined) =>
    token && `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
  if (integrations.github.byUrl(url)) {
    const provider =
      DefaultGithubCredentialsProvider.fromIntegrations(integrations);
    return async () =>
      basic('x-access-token', (await provider.getCredentials({ url })).token);
  }
  if (integrations.gitlab.byUrl(url)) {
    const provider =
      DefaultGitlabCredentialsProvider.fromIntegrations(integrations);
    return async () =>
      basic('oauth2', (await provider.getCredentials({ url })).token);
  }
  throw new InputError(
    `ml.gitops.remote: no entry of integrations.github or integrations.gitlab has the host ${
      new URL(url).host
    }`,
  );
}
