import type { CommandContext } from '../../CommandContext';
import { parseEntityRef } from '../parseEntityRef';
import type { CreateModelOptions } from './command';

/** `ml models create` */
export async function createModel(
  { connect, output }: CommandContext,
  name: string,
  options: CreateModelOptions,
): Promise<void> {
  const { description, tag = [], title } = options;
  const owner = parseEntityRef('--owner', options.owner, 'group');
  const { client } = await connect();
  const model = await client.createModel({
    ...{ name, owner, description, title, tags: tag },
  });
  output.done(`${name} is there, and has no version yet`);
  await output.object({
    kind: 'Model',
    name: model.name,
    data: model,
    text: () => `Model  ${model.name}\nOwner  ${model.owner}`,
  });
}
