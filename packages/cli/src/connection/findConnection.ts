import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { PortalAccess } from '@ml-platform/packaging';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import { SessionFile } from '../session/SessionFile';
import { SessionToken } from '../session/SessionToken';
import { REQUEST_ID } from './requestId';

/** Where the portal is, and who we are there. */
export interface Connection extends PortalAccess {
  /** Where the portal was found, for people. */
  source: string;
  /** Where the token comes from, for people. */
  credentials: string;
}

export interface FindConnectionOptions {
  /** From `--url`. */
  url?: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Root of the repository this `ml` was built in, when it was. */
  repository?: string;
}

interface ConfigFile {
  path: string;
  url: string;
  token?: string;
}

/** Where the portal is, and where a session with it is kept. */
export interface FoundPortal {
  url: string;
  /** Where the address was found. */
  source: string;
  sessions: SessionFile;
  /** A token that the configuration file has for this portal. */
  configuredToken?: string;
  /** Whether there is a configuration file. */
  isConfigured: boolean;
}

/** Finds the portal: `--url`, or `ML_URL`, else the first configuration file there is. */
export async function findPortal(
  options: FindConnectionOptions,
): Promise<FoundPortal> {
  const { env } = options;
  const file = await findConfigFile(options);
  const wanted = options.url ?? env.ML_URL;
  const url = normalize(wanted ?? file?.url, options.url ? '--url' : 'ML_URL');
  if (!url) {
    throw missing(
      'No portal is configured',
      'Start one with `npm start` in a clone of the platform, or sign in to one: ml login --url https://…',
    );
  }
  const isOfFile = file !== undefined && url === normalize(file.url);
  // A platform's own folder is wiped together with it; other sessions are of the user.
  const folder = isOfFile ? dirname(file.path) : userFolder(env);
  return {
    url,
    source: file && !wanted ? file.path : 'environment',
    sessions: new SessionFile(join(folder, 'sessions.json')),
    configuredToken: isOfFile ? file.token : undefined,
    isConfigured: file !== undefined,
  };
}

/**
 * Finds the portal and who we are there: by `ML_TOKEN`, else as somebody who
 * has signed in, else by the token of the configuration file. A file's token is
 * sent to that file's portal only.
 */
export async function findConnection(
  options: FindConnectionOptions,
): Promise<Connection> {
  const { env } = options;
  const portal = await findPortal(options);
  const { configuredToken, sessions, source, url } = portal;
  const shared = { url, requestId: REQUEST_ID, source };
  if (env.ML_TOKEN) {
    return { ...shared, token: env.ML_TOKEN, credentials: 'ML_TOKEN' };
  }
  const session = await sessions.get(url);
  if (session) {
    const token = new SessionToken({ portal: url, file: sessions }, session);
    return {
      ...shared,
      token: await token.get(),
      freshToken: () => token.get(),
      credentials: sessions.path,
    };
  }
  if (configuredToken) {
    return { ...shared, token: configuredToken, credentials: source };
  }
  throw new CliError({
    code: 'NOT_SIGNED_IN',
    exitCode: ExitCode.auth,
    message: `You are not signed in to ${url}`,
    hint: 'Sign in: ml login. Where nobody can, as in CI, set ML_TOKEN.',
  });
}

/** The folder for what is the user's own. */
export function userFolder(env: NodeJS.ProcessEnv): string {
  return join(
    env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'),
    'ml',
  );
}

async function findConfigFile(
  options: FindConnectionOptions,
): Promise<ConfigFile | undefined> {
  const { env } = options;
  if (env.ML_CONFIG) {
    if (!existsSync(env.ML_CONFIG)) {
      throw missing(
        `ML_CONFIG names ${env.ML_CONFIG}, which does not exist`,
        'Correct it, or unset ML_CONFIG.',
      );
    }
    return readConfigFile(env.ML_CONFIG);
  }
  const candidates: string[] = [];
  let folder = resolve(options.cwd);
  for (;;) {
    candidates.push(join(folder, '.ml', 'config.json'));
    if (dirname(folder) === folder) break;
    folder = dirname(folder);
  }
  candidates.push(join(userFolder(env), 'config.json'));
  if (options.repository) {
    candidates.push(join(options.repository, '.ml', 'config.json'));
  }
  const found = candidates.find(path => existsSync(path));
  return found ? readConfigFile(found) : undefined;
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  const broken = (why: string) =>
    missing(
      `${path} is not a configuration of ml: ${why}`,
      'It must be {"url": "http://…"}. `npm start` writes one.',
    );
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw broken((error as Error).message);
  }
  const { url, token } = (content ?? {}) as Record<string, unknown>;
  if (typeof url !== 'string') throw broken('it has no url');
  if (token !== undefined && typeof token !== 'string') {
    throw broken('its token is not a string');
  }
  return { path, url, token };
}

function normalize(url: string | undefined, source = 'the configuration') {
  if (!url) return '';
  try {
    const parsed = new URL(url);
    if (!/^https?:$/.test(parsed.protocol)) throw new TypeError('protocol');
    return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
  } catch {
    throw new CliError({
      code: 'BAD_URL',
      exitCode: ExitCode.usage,
      message: `'${url}' from ${source} is not a URL such as http://localhost:7007`,
    });
  }
}

function missing(message: string, hint: string) {
  return new CliError({
    code: 'NOT_CONFIGURED',
    exitCode: ExitCode.auth,
    message,
    hint,
  });
}
