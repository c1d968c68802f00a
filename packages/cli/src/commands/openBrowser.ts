import { spawn } from 'node:child_process';
import type { CommandContext } from '../CommandContext';

const OPENERS: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** The program that `BROWSER` names, else the system's. */
export function findBrowser(env: NodeJS.ProcessEnv): string[] | undefined {
  if (env.BROWSER) return [env.BROWSER];
  const hasScreen =
    process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY;
  return hasScreen ? OPENERS[process.platform] ?? ['xdg-open'] : undefined;
}

/** Whether a browser was started. Not tried where nobody would see it. */
export async function openBrowser(
  { canAsk, env }: Pick<CommandContext, 'canAsk' | 'env'>,
  url: string,
): Promise<boolean> {
  const [command, ...args] = findBrowser(env) ?? [];
  // What BROWSER names was chosen on purpose, perhaps by a script.
  if (!command || !(canAsk || env.BROWSER)) return false;
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
