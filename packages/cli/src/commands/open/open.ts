import { spawn } from 'node:child_process';
import type { CommandContext } from '../../CommandContext';

const OPENERS: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

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

/** Whether a browser was started. Not tried where nobody would see it. */
async function openBrowser(
  { canAsk, env }: CommandContext,
  url: string,
): Promise<boolean> {
  const hasScreen =
    process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY;
  if (!canAsk || !hasScreen) return false;
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise(resolve => {
    const child = spawn(command, [...args, url], {
      stdio: 'ignore',
      detached: true,
    });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
