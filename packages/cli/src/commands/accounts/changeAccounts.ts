import type { CommandContext } from '../../CommandContext';
import { confirm } from '../confirm';
import { usageError } from '../parseRef';
import { accountText } from './accounts';
import type { CreateOptions, RevokeOptions, TokenOptions } from './command';

/** `ml service-accounts create` */
export async function createAccount(
  { connect, output }: CommandContext,
  name: string,
  options: CreateOptions,
): Promise<void> {
  const { audience, concurrency, issuer, requestsPerSecond, subject } = options;
  const { client } = await connect();
  const account = await client.serviceAccounts.create({
    name,
    team: options.team,
    description: options.description,
    capabilities: options.can,
    models: options.model,
    environments: options.env && [options.env],
    trust: trustOf(issuer, audience, subject),
    limits:
      requestsPerSecond || concurrency
        ? { requestsPerSecond, concurrency }
        : undefined,
  });
  await output.object({
    kind: 'ServiceAccount',
    name: account.ref,
    data: account,
    text: () => accountText(account, output),
  });
  output.hint(
    `Get it a token: ml service-accounts token ${account.teamName}/${account.name}`,
  );
}

/** `ml service-accounts token` */
export async function issueToken(
  { connect, output }: CommandContext,
  ref: string,
  { lifetime }: TokenOptions,
): Promise<void> {
  const { client } = await connect();
  const issued = await client.serviceAccounts.issueToken(ref, {
    lifetimeSeconds: lifetime && Math.floor(lifetime / 1000),
  });
  await output.object({
    kind: 'AccountToken',
    name: issued.token,
    data: issued,
    text: () => issued.token,
  });
  output.hint(`It ends at ${issued.expiresAt}, and is shown this once.`);
}

/** `ml service-accounts revoke` */
export async function revokeAccount(
  context: CommandContext,
  ref: string,
  { credential, reason, yes }: RevokeOptions,
): Promise<void> {
  const { output } = context;
  const { client } = await context.connect();
  if (credential) {
    if (!yes) await confirm(context, `end ${credential} of ${ref}, for good`);
    const ended = await client.serviceAccounts.revokeCredential(
      ref,
      credential,
    );
    output.done(`The ${ended.kind} ${ended.id} of ${ref} is revoked`);
    await output.object({
      kind: 'AccountCredential',
      name: ended.id,
      data: ended,
      text: () => `Id       ${ended.id}`,
    });
    return;
  }
  if (!reason) {
    throw usageError(
      'Say why with --reason, or which token or certificate with --credential',
    );
  }
  if (!yes) {
    await confirm(context, `end ${ref} and all that it was given, for good`);
  }
  const account = await client.serviceAccounts.revoke(ref, { reason });
  output.done(`${account.ref} is revoked`);
  await output.object({
    kind: 'ServiceAccount',
    name: account.ref,
    data: account,
    text: () => accountText(account, output),
  });
}

function trustOf(issuer?: string, audience?: string, subject?: string) {
  if (issuer && audience && subject) return { issuer, audience, subject };
  if (issuer || audience || subject) {
    throw usageError('--issuer, --audience and --subject go together');
  }
  return undefined;
}
