import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { createPortalClient } from '@ml-platform/packaging';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { usageError } from '../parseRef';
import type { ExchangeOptions } from './command';

const TIMEOUT_MS = 10_000;

/** `ml service-accounts exchange`: in CI, where nobody is signed in. */
export async function exchangeToken(
  { env, output, portal }: CommandContext,
  account: string,
  { audience, lifetime, tokenFile }: ExchangeOptions,
): Promise<void> {
  const { url } = await portal();
  const ciToken = tokenFile
    ? await readToken(tokenFile)
    : await askGitHub(env, audience);
  const client = createPortalClient({ url, token: 'none' });
  const issued = await client.serviceAccounts.exchange({
    ...{ account, ciToken },
    lifetimeSeconds: lifetime && Math.floor(lifetime / 1000),
  });
  await output.object({
    kind: 'AccountToken',
    name: issued.token,
    data: issued,
    text: () => issued.token,
  });
  output.hint(`It is of ${account}, and ends at ${issued.expiresAt}.`);
}

async function readToken(file: string): Promise<string> {
  const token = (
    file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  ).trim();
  if (!token) throw usageError(`${file} holds no token`);
  return token;
}

/** As GitHub Actions has it: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments */
async function askGitHub(
  env: NodeJS.ProcessEnv,
  audience: string,
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_URL } = env;
  if (!ACTIONS_ID_TOKEN_REQUEST_TOKEN || !ACTIONS_ID_TOKEN_REQUEST_URL) {
    throw usageError(
      'There is no token of a CI system: no --token-file, and no GitHub Actions job that may have one',
      'In GitHub Actions give the job `permissions: id-token: write`; elsewhere write its OpenID Connect token to a file and name that with --token-file, or - for standard input.',
    );
  }
  const address = new URL(ACTIONS_ID_TOKEN_REQUEST_URL);
  address.searchParams.set('audience', audience);
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = await response.json().catch(() => ({}));
  if (response.ok && typeof body.value === 'string') return body.value;
  throw new CliError({
    code: 'NO_CI_TOKEN',
    exitCode: ExitCode.auth,
    message: `GitHub Actions gave no token: it answered ${response.status}`,
  });
}
