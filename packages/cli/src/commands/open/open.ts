import type { CommandContext } from '../../CommandContext';
import { openBrowser } from '../openBrowser';

/** `ml open` */
export async function open(
  context: CommandContext,
  model: string | undefined,
): Promise<void> {
  const { connect, output } = context;
  const { connection, client } = await connect();
  if (model) await client.getModel(model);
  const url = `${connection.url}${
    model ? `/catalog/default/model/${model}` : '/ml'
  }`;
  await output.object({
    kind: 'Location',
    name: url,
    data: { url },
    text: () => url,
  });
  if (!(await openBrowser(context, url))) {
    output.hint('Open it in a browser.');
  }
}
