import type { AliasPolicy } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
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
  const { clear, evidence = [], mover = [] } = request.options;
  checkNames(model, alias);
  const movers = mover.map(text => parseEntityRef('--mover', text));
  const isChange = movers.length + evidence.length > 0;
  if (clear && isChange) {
    throw usageError('--clear takes no --mover and no --evidence');
  }
  const { client } = await connect();
  let current: AliasPolicy;
  if (clear || isChange) {
    current = await client.aliases.setPolicy(model, alias, {
      movers,
      evidence: [...new Set(evidence)],
    });
    output.done(`Set the policy of ${model}@${alias}`);
  } else {
    const { items } = await client.aliases.list(model);
    const found = items.find(item => item.name === alias);
    if (!found) {
      throw new CliError({
        code: 'NOT_FOUND',
        exitCode: ExitCode.notFound,
        message: `${model} has no alias '${alias}'`,
      });
    }
    current = found.policy ?? { movers: [], evidence: [] };
  }
  await output.object({
    kind: 'AliasPolicy',
    name: `${model}@${alias}`,
    data: { model, alias, ...current },
    text: () =>
      [
        `Alias     ${model}@${alias}`,
        `Movers    ${
          current.movers.join(', ') ||
          'everybody who may manage versions of the model'
        }`,
        `Evidence  ${current.evidence.join(', ') || 'none'}`,
      ].join('\n'),
  });
}
