import type {
  AccountLimits,
  ServiceAccount,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { Output } from '../../output/Output';

/** `ml service-accounts list` */
export async function listAccounts({
  connect,
  output,
}: CommandContext): Promise<void> {
  const { client } = await connect();
  const { items } = await client.serviceAccounts.list();
  await output.list({
    kind: 'ServiceAccountList',
    items,
    name: shortName,
    empty: 'Your teams have no service accounts.',
    columns: [
      { header: 'ACCOUNT', cell: shortName },
      { header: 'MAY', cell: item => item.capabilities.join(' ') },
      { header: 'MODELS', cell: item => item.models.join(' ') },
      { header: 'OWNER', cell: item => item.owner },
      {
        header: 'LAST USED',
        cell: item =>
          item.lastUsedAt
            ? `${output.time(item.lastUsedAt)} (${item.lastUsedAs})`
            : '-',
      },
      { header: 'STATE', cell: stateOf },
    ],
  });
}

/** `ml service-accounts show` */
export async function showAccount(
  { connect, output }: CommandContext,
  ref: string,
): Promise<void> {
  const { client } = await connect();
  const account = await client.serviceAccounts.get(ref);
  await output.object({
    kind: 'ServiceAccount',
    name: shortName(account),
    data: account,
    text: () =>
      [
        accountText(account, output),
        ...account.credentials.map(
          each =>
            `${each.kind.padEnd(11)} ${each.id}  until ${each.expiresAt}${
              each.revokedAt ? `, revoked by ${each.revokedBy}` : ''
            }`,
        ),
      ].join('\n'),
  });
}

/** An account for people. */
export function accountText(account: ServiceAccount, output: Output): string {
  const { environments, lastUsedAt, limits, trust } = account;
  const rows: Array<[string, string | undefined]> = [
    ['Account', account.ref],
    ['For', account.description],
    ['Owner', account.owner],
    ['May', account.capabilities.join(', ')],
    ['Models', account.models.join(', ')],
    ['In', environments.join(', ')],
    ['Limits', limits && limitsText(limits)],
    ['CI', trust && `${trust.subject} of ${trust.issuer}`],
    ['Name', account.spiffeId],
    ['Last use', lastUsedAt && output.time(lastUsedAt)],
    ['State', stateOf(account)],
  ];
  return rows
    .filter(([, value]) => value)
    .map(([name, value]) => `${name.padEnd(8)} ${value}`)
    .join('\n');
}

function limitsText({ concurrency, requestsPerSecond }: AccountLimits) {
  return [
    requestsPerSecond && `${requestsPerSecond} requests a second`,
    concurrency && `${concurrency} at a time`,
  ]
    .filter(Boolean)
    .join(', ');
}

function stateOf({ revokedAt, revokedBy, revokedReason }: ServiceAccount) {
  return revokedAt ? `revoked by ${revokedBy}: ${revokedReason}` : 'active';
}

function shortName({ ref }: ServiceAccount): string {
  return ref.replace(/^service-account:/, '');
}
