import type { AliasPolicy, MlClient } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { Output } from '../../output/Output';
import { parseEntityRef } from '../parseEntityRef';
import { usageError } from '../parseRef';
import { checkNames } from './checkNames';
import type { PolicyOptions } from './command';

/** `ml aliases policy` */
export async function policy(
  { connect, output }: CommandContext,
  request: { model: string; alias: string; options: PolicyOptions },
): Promise<void> {
  const { alias, model } = request;
  const { clear, evidence = [], history, mover = [] } = request.options;
  checkNames(model, alias);
  const movers = mover.map(text => parseEntityRef('--mover', text));
  const isChange = movers.length + evidence.length > 0;
  if (clear && isChange) {
    throw usageError('--clear takes no --mover and no --evidence');
  }
  if (history && (clear || isChange)) {
    throw usageError('--history takes no other options');
  }
  const { client } = await connect();
  if (history) {
    await printHistory(output, { model, alias, client });
    return;
  }
  let current: AliasPolicy;
  if (clear || isChange) {
    await checkKinds(client, evidence);
    current = await client.aliases.setPolicy(model, alias, {
      movers,
      evidence: [...new Set(evidence)],
    });
    output.done(`Set the policy of ${model}@${alias}`);
  } else {
    current = await client.aliases.getPolicy(model, alias);
  }
  await output.object({
    kind: 'AliasPolicy',
    name: `${model}@${alias}`,
    data: { model, alias, ...current },
    text: () =>
      [
        `Alias     ${model}@${alias}`,
        `Movers    ${moversOf(current)}`,
        `Evidence  ${evidenceOf(current)}`,
      ].join('\n'),
  });
}

async function printHistory(
  output: Output,
  { alias, client, model }: { model: string; alias: string; client: MlClient },
): Promise<void> {
  const { items } = await client.aliases.policyHistory(model, alias);
  await output.list({
    kind: 'AliasPolicyChangeList',
    items,
    name: item => item.at,
    empty: `The policy of ${model}@${alias} was never set.`,
    columns: [
      { header: 'WHEN', cell: item => output.time(item.at) },
      { header: 'BY', cell: item => item.by },
      { header: 'MOVERS', cell: item => moversOf(item.after) },
      { header: 'EVIDENCE', cell: item => evidenceOf(item.after) },
    ],
  });
}

function moversOf({ movers }: AliasPolicy): string {
  return movers.join(', ') || 'everybody who may manage versions of the model';
}

function evidenceOf({ evidence }: AliasPolicy): string {
  return evidence.join(', ') || 'none';
}

/** Told as a wrong command line, with what there is. */
async function checkKinds(client: MlClient, evidence: string[]): Promise<void> {
  if (!evidence.length) return;
  const { items } = await client.aliases.evidenceKinds();
  const unknown = evidence.find(
    text => !items.some(({ name }) => name === text.split(':')[0]),
  );
  if (!unknown) return;
  throw usageError(
    `--evidence: '${unknown}' is not known`,
    `There are ${items
      .map(({ example, name }) => example ?? name)
      .join(', ')}.`,
  );
}
