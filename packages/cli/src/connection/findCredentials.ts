import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import type { Credentials } from '@ml-platform/packaging';

/** The part that we read of `config.json` of Docker and `auth.json` of Podman. */
interface AuthFile {
  auths?: Record<
    string,
    {
      auth?: string;
      username?: string;
      password?: string;
      identitytoken?: string;
    }
  >;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

const HELPER_TIMEOUT_MS = 30_000;
const DOCKER_HUB = 'https://index.docker.io/v1/';

/**
 * The account that `docker login`, `podman login` or `skopeo login` has left
 * for a registry. The first file that knows the registry counts.
 */
export async function findCredentials(
  host: string,
  repository: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  for (const path of authFiles(env)) {
    const file = await readAuthFile(path, path === env.REGISTRY_AUTH_FILE);
    const found = file && (await find(file, path, { host, repository, env }));
    if (found) return found;
  }
  return undefined;
}

function authFiles(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME || homedir();
  if (env.REGISTRY_AUTH_FILE) return [env.REGISTRY_AUTH_FILE];
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  return [
    ...(env.XDG_RUNTIME_DIR
      ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')]
      : []),
    join(config, 'containers/auth.json'),
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
  ];
}

async function readAuthFile(
  path: string,
  isNamed: boolean,
): Promise<AuthFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !isNamed) {
      return undefined;
    }
    throw unusable(path, (error as Error).message);
  }
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    throw unusable(path, `it is not JSON: ${(error as Error).message}`);
  }
}

async function find(
  file: AuthFile,
  path: string,
  wanted: { host: string; repository: string; env: NodeJS.ProcessEnv },
): Promise<Credentials | undefined> {
  const keys = keysOf(wanted.host, wanted.repository);
  const helperKey = keys.find(key => file.credHelpers?.[key]);
  if (helperKey) {
    return askHelper(file.credHelpers![helperKey], helperKey, path, wanted.env);
  }
  const key = keys.find(name => file.auths?.[name]);
  const entry = key === undefined ? undefined : file.auths![key];
  if (entry?.identitytoken) throw identityToken(wanted.host, path);
  if (entry?.auth) return decode(entry.auth, path, wanted.host);
  if (entry?.username && entry.password) {
    return { username: entry.username, password: entry.password };
  }
  // Where a store is set, Docker leaves an empty entry for what it holds.
  return file.credsStore && key
    ? askHelper(file.credsStore, key, path, wanted.env)
    : undefined;
}

/** From the most specific key to the least, as Podman has it; then Docker's older spellings. */
function keysOf(host: string, repository: string): string[] {
  const parts = repository.split('/');
  const namespaces = parts.map((_, index) =>
    [host, ...parts.slice(0, parts.length - index)].join('/'),
  );
  const isHub = /^(registry-1\.)?docker\.io$/.test(host);
  const hosts = isHub ? [host, 'docker.io', DOCKER_HUB] : [host];
  return [
    ...namespaces,
    ...hosts,
    ...[`https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`],
  ];
}

function decode(auth: string, path: string, host: string): Credentials {
  const pair = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = pair.indexOf(':');
  if (colon < 1) {
    throw unusable(path, `its auth for ${host} is not base64 of user:password`);
  }
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

/** Docker's credential helper protocol: the server on stdin, JSON on stdout. */
async function askHelper(
  name: string,
  server: string,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(name)) {
    throw unusable(path, `'${name}' is not the name of a credential helper`);
  }
  const program = `docker-credential-${name}`;
  const { stdout, error } = await new Promise<{
    stdout: string;
    error: Error | null;
  }>(resolve => {
    const options = {
      env,
      timeout: HELPER_TIMEOUT_MS,
      encoding: 'utf8',
    } as const;
    const child = execFile(program, ['get'], options, (failure, text) =>
      resolve({ stdout: text, error: failure }),
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(server);
  });
  if (error) {
    if (/credentials not found/i.test(stdout)) return undefined;
    const why = stdout.trim() || error.message;
    throw unusable(path, `its credential helper ${program} failed: ${why}`);
  }
  const answer = parseAnswer(stdout);
  if (answer.Username === '<token>') throw identityToken(server, path);
  if (!answer.Username || answer.Secret === undefined) {
    throw unusable(path, `${program} gave no user name and secret`);
  }
  return { username: answer.Username, password: answer.Secret };
}

function parseAnswer(text: string): { Username?: string; Secret?: string } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function identityToken(host: string, path: string): CliError {
  return unusable(
    path,
    `it holds an identity token for ${host}, which ml cannot use`,
  );
}

function unusable(path: string, why: string): CliError {
  return new CliError({
    code: 'CREDENTIALS_UNUSABLE',
    exitCode: ExitCode.auth,
    message: `${path} gives no account: ${why}`,
    hint: 'Log in with user name and password, or set ML_EXPORT_USERNAME and ML_EXPORT_PASSWORD.',
  });
}
