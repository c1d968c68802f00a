import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { createPortalClient } from '@ml-platform/packaging';
import type { CommandContext } from '../../CommandContext';
import { type FoundPortal, userFolder } from '../../connection/findConnection';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { CallbackServer } from '../../session/CallbackServer';
import { type PendingSignIn, PortalOAuth } from '../../session/PortalOAuth';
import { openBrowser } from '../openBrowser';
import type { LoginOptions } from './command';

const WAIT_MS = 5 * 60_000;

/** `ml login` */
export async function login(
  context: CommandContext,
  options: LoginOptions,
): Promise<void> {
  const { env, output } = context;
  const portal = await context.portal();
  const { sessions, url } = portal;
  const oauth = await PortalOAuth.discover(url);
  const server = await CallbackServer.start();
  try {
    const pending = await oauth.begin(server.url);
    const answer = server.callback(pending.isAnswer);
    if (options.browser && (await openBrowser(context, pending.url))) {
      output.info(
        `Sign in in your browser. If it does not open: ${pending.url}`,
      );
    } else if (!options.browser || context.canAsk) {
      output.info(`Open this address to sign in:\n\n  ${pending.url}\n`);
    } else {
      throw nobodyThere();
    }
    const session = await pending.finish(
      await firstAnswer(context, pending, answer),
    );
    await sessions.exclusively(() => sessions.set(url, session));
    await rememberPortal(portal, env);
    const { identity } = await createPortalClient({
      url,
      token: session.accessToken,
    }).info();
    output.done(`Signed in to ${url} as ${identity}`);
    if (env.ML_TOKEN) {
      output.warn('ML_TOKEN is set, and is used instead of the session.');
    }
  } finally {
    server.close();
  }
}

/** The browser comes back by itself, or somebody copies its address from another machine. */
async function firstAnswer(
  context: CommandContext,
  pending: PendingSignIn,
  answer: Promise<URL>,
): Promise<URL> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  const tooLate = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () =>
      reject(
        new CliError({
          code: 'NOT_SIGNED_IN',
          exitCode: ExitCode.auth,
          message: 'Nobody signed in within five minutes',
          hint: 'Try again: ml login',
        }),
      ),
    );
  });
  const terminal = context.canAsk
    ? createInterface({ input: process.stdin, output: process.stderr })
    : undefined;
  try {
    const ways = [answer, tooLate];
    if (terminal) ways.push(askAddress(context, terminal, pending));
    return await Promise.race(ways);
  } finally {
    clearTimeout(timer);
    terminal?.close();
  }
}

async function askAddress(
  { output }: CommandContext,
  terminal: ReturnType<typeof createInterface>,
  pending: PendingSignIn,
): Promise<URL> {
  for (;;) {
    const text = await terminal.question(
      'In a browser on another machine? Then paste the address that it ends at: ',
    );
    const address = URL.canParse(text.trim()) && new URL(text.trim());
    if (address && pending.isAnswer(address)) return address;
    output.warn('That is not the address that this sign-in ends at.');
  }
}

/** Who signed in to a portal wants to talk to it from now on. */
async function rememberPortal(
  { isConfigured, url }: FoundPortal,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (isConfigured) return;
  const file = join(userFolder(env), 'config.json');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify({ url }, undefined, 2)}\n`, {
    mode: 0o600,
  });
}

function nobodyThere(): CliError {
  return new CliError({
    code: 'NOT_SIGNED_IN',
    exitCode: ExitCode.auth,
    message: 'There is no browser and no terminal here to sign in with',
    hint: 'In CI, set ML_TOKEN. Elsewhere: ml login --no-browser',
  });
}
