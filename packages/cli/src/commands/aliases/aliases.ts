import type { AliasPolicy } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { checkNames } from './checkNames';

/** `ml aliases list` */
export async function listAliases(
  { connect, output }: CommandContext,
  model: string,
): Promise<void> {
  const { client } = await connect();
  const { items } = await client.aliases.list(model);
  await output.list({
    kind: 'AliasList',
    items,
    name: item => `${item.model}@${item.name}`,
    empty: `${model} has no aliases. Make one: ml aliases set ${model} champion <version>`,
    columns: [
      { header: 'ALIAS', cell: item => item.name },
      { header: 'VERSION', cell: item => item.version },
      { header: 'MOVED', cell: item => output.time(item.movedAt) },
      { header: 'BY', cell: item => item.movedBy },
      { header: 'POLICY', cell: item => policyText(item.policy) },
      { header: 'REASON', cell: item => item.reason ?? '' },
    ],
  });
}

/** `ml aliases history` */
export async function showHistory(
  { connect, output }: CommandContext,
  model: string,
  alias: string,
): Promise<void> {
  checkNames(model, alias);
  const { client } = await connect();
  const { items } = await client.aliases.history(model, alias);
  await output.list({
    kind: 'AliasMoveList',
    items,
    name: item => item.to ?? '-',
    empty: `${model} never had an alias '${alias}'.`,
    columns: [
      { header: 'WHEN', cell: item => output.time(item.at) },
      { header: 'FROM', cell: item => item.from ?? '-' },
      { header: 'TO', cell: item => item.to ?? '-' },
      { header: 'BY', cell: item => item.by },
      { header: 'REASON', cell: item => item.reason ?? '' },
    ],
  });
}

/** `user:default/mia; live-in-staging` */
export function policyText(policy: AliasPolicy | undefined): string {
  const parts = [policy?.movers, policy?.evidence]
    .filter(part => part?.length)
    .map(part => part!.join(', '));
  return parts.join('; ') || '-';
}
