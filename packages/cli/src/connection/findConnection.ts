import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PortalAccess } from '@ml-platform/packaging';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import { REQUEST_ID } from './requestId';

/** Where the portal is, and who we are there. */
export interface Connection extends PortalAccess {
  /** Where this was found, for people. */
  source: string;
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

/**
 * Finds the portal: `--url` or `ML_URL` with `ML_TOKEN`, else the first
 * configuration file there is. A file's token is sent to that file's portal
 * only.
 */
export async function findConnection(
  options: FindConnectionOptions,
): Promise<Connection> {
  const { env } = options;
  const wanted = options.url ?? env.ML_URL;
  const file = await findConfigFile(options);
  const url = normalize(wanted ?? file?.url, options.url ? '--url' : 'ML_URL');
  const token =
    env.ML_TOKEN || (file && url === normalize(file.url) ? file.token : '');
  if (!url) {
    throw missing(
      'No portal is configured',
      'Start one with `npm start` in a clone of the platform, or set ML_URL and ML_TOKEN.',
    );
  }
  if (!token) {
    throw missing(
      `No token is configured for ${url}`,
      'Set ML_TOKEN, or ML_CONFIG to a file with {"url": …, "token": …}.',
    );
  }
  return {
    url,
    token,
    requestId: REQUEST_ID,
    source: file?.path ?? 'environment',
  };
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
  const home = env.XDG_CONFIG_HOME ?? (env.HOME && join(env.HOME, '.config'));
  if (home) candidates.push(join(home, 'ml', 'config.json'));
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
      'It must be {"url": "http://…", "token": "…"}. `npm start` writes one.',
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
