import type { CommandContext } from '../../CommandContext';
import { isVersion, usageError } from '../parseRef';
import { checkNames } from './checkNames';

/** `ml aliases set` */
export async function setAlias(
  { connect, output }: CommandContext,
  request: { model: string; alias: string; version: string; reason?: string },
): Promise<void> {
  const { alias, model, reason, version } = request;
  checkNames(model, alias);
  if (!isVersion(version)) {
    throw usageError(`'${version}' is not a semantic version such as 1.4.0`);
  }
  const { client } = await connect();
  const { items } = await client.aliases.list(model);
  const before = items.find(item => item.name === alias)?.version;
  const changed = await client.aliases.set(model, alias, {
    version,
    ...(reason && { reason }),
  });
  output.done(
    before === version
      ? `${model}@${alias} points at ${version} already`
      : `${model}@${alias} points at ${version}${
          before ? `, before at ${before}` : ''
        }`,
  );
  await output.object({
    kind: 'Alias',
    name: `${model}@${alias}`,
    data: changed,
    text: () => '',
  });
}

/** `ml aliases remove` */
export async function removeAlias(
  { connect, output }: CommandContext,
  model: string,
  alias: string,
): Promise<void> {
  checkNames(model, alias);
  const { client } = await connect();
  await client.aliases.remove(model, alias);
  output.done(`Removed the alias ${model}@${alias}`);
}
