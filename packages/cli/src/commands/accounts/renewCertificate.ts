import { setTimeout as sleep } from 'node:timers/promises';
import { createPortalClient } from '@ml-platform/packaging';
import type { AccountCertificate } from '@ml-platform/plugin-ml-common';
import {
  CLOCK_SKEW_MS,
  createAssertion,
  createCertificateRequest,
} from '@ml-platform/workload-identity';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { toCliError } from '../../errors/toCliError';
import { CertificateFolder, type HeldCertificate } from './CertificateFolder';
import type { RenewOptions } from './command';

/** At the least this long between two tries. */
const LEAST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;
/** Longer timers are not taken by Node. */
const MOST_TIMER_MS = 2 ** 31 - 1;

/** `ml certs renew`: nobody needs to be signed in, for the certificate itself is the proof. */
export async function renewCertificate(
  context: CommandContext,
  path: string,
  { lifetime, watch }: RenewOptions,
): Promise<void> {
  const { output } = context;
  const folder = new CertificateFolder(path);
  if (!watch) {
    const issued = await renew(context, folder, lifetime);
    output.done(`${issued.spiffeId} until ${issued.expiresAt}, in ${path}`);
    await output.object({
      kind: 'AccountCertificate',
      name: issued.serial,
      data: { ...issued, folder: path },
      text: () => `Serial   ${issued.serial}`,
    });
    return;
  }
  context.onInterrupt(() => 'Stopped. The files stay as they are.');
  for (;;) {
    const held = await folder.read();
    await sleepUntil(halfLifeOf(held));
    const issued = await renewPatiently(context, folder, held, lifetime);
    output.done(`Renewed ${issued.spiffeId} until ${issued.expiresAt}`);
  }
}

async function renew(
  { portal }: CommandContext,
  folder: CertificateFolder,
  lifetime?: number,
): Promise<AccountCertificate> {
  const { url } = await portal();
  const held = await folder.read();
  const { account, certificate, privateKey, until } = held;
  if (until <= new Date()) throw ended(folder, held);
  const assertion = await createAssertion({
    ...{ certificate, privateKey },
    audience: `${url}/api/ml/v1/service-accounts/exchange`,
  });
  const { token } = await createPortalClient({
    url,
    token: 'none',
  }).serviceAccounts.exchange({ assertion });
  const next = await createCertificateRequest();
  const issued = await createPortalClient({
    url,
    token,
  }).serviceAccounts.issueCertificate(`${account.team}/${account.name}`, {
    csr: next.csr,
    lifetimeSeconds: Math.floor((lifetime ?? lifetimeOf(held)) / 1000),
  });
  await folder.write(next.privateKey, issued);
  return issued;
}

/** A portal that is away is asked again, as long as the certificate is good. */
async function renewPatiently(
  context: CommandContext,
  folder: CertificateFolder,
  held: HeldCertificate,
  lifetime?: number,
): Promise<AccountCertificate> {
  for (;;) {
    try {
      return await renew(context, folder, lifetime);
    } catch (error) {
      const { code, message } = toCliError(error);
      const isAway = code === 'UNREACHABLE' || code === 'SERVER_ERROR';
      const left = held.until.getTime() - Date.now();
      if (!isAway || left <= 0) throw error;
      context.output.warn(
        `Not renewed: ${message}. It is good until ${held.until.toISOString()}; trying again.`,
      );
      const wait = Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, left / 10));
      await sleep(wait);
    }
  }
}

function lifetimeOf({ from, until }: HeldCertificate): number {
  return until.getTime() - from.getTime() - CLOCK_SKEW_MS;
}

function halfLifeOf({ from, until }: HeldCertificate): number {
  return (from.getTime() + until.getTime()) / 2;
}

async function sleepUntil(time: number): Promise<void> {
  for (;;) {
    const left = time - Date.now();
    if (left <= 0) return;
    await sleep(Math.min(left, MOST_TIMER_MS));
  }
}

function ended(
  { path }: CertificateFolder,
  { account, until }: HeldCertificate,
) {
  return new CliError({
    code: 'CERTIFICATE_ENDED',
    exitCode: ExitCode.auth,
    message: `The certificate in ${path} ended at ${until.toISOString()}, and proves nothing any more`,
    hint: `Whoever answers for the account has a new one made: ml certs request ${account.team}/${account.name} --out ${path}`,
  });
}
