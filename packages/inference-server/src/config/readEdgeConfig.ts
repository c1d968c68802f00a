import type { TlsPaths } from '../http/TlsFiles';
import type { ListenerName, TlsConfig } from '../http/openTls';
import type { EdgeConfig } from '../edge/openEdge';
import { readTelemetryConfig } from './readTelemetryConfig';

const LISTENERS: [ListenerName, string][] = [
  ['production', 'ML_PRODUCTION_'],
  ['staging', 'ML_STAGING_'],
  ['control', 'ML_CONTROL_'],
  ['ops', 'ML_OPS_'],
];

/** Reads who may call, over which TLS, and what is told of requests. Problems are added to the list. */
export function readEdgeConfig(
  env: NodeJS.ProcessEnv,
  problems: string[],
): EdgeConfig & { ops?: { host: string; port: number } } {
  return {
    callers: {
      file: env.ML_CALLERS_FILE || undefined,
      trustedProxies: listOf(env.ML_TRUSTED_PROXIES),
    },
    tls: readTls(env, problems),
    telemetry: readTelemetryConfig(env, problems),
    ops: readOps(env, problems),
  };
}

function readTls(env: NodeJS.ProcessEnv, problems: string[]): TlsConfig {
  const tls: TlsConfig = {};
  for (const [name, prefix] of LISTENERS) {
    const paths = readPaths(env, prefix, problems);
    if (paths) tls[name] = paths;
  }
  return tls;
}

/** A listener's own files, else those for all; `none` is for plain HTTP all the same. */
function readPaths(
  env: NodeJS.ProcessEnv,
  prefix: string,
  problems: string[],
): TlsPaths | undefined {
  const own = env[`${prefix}TLS_CERT_FILE`];
  if (own === 'none') return undefined;
  const from = own ? prefix : 'ML_';
  const certFile = env[`${from}TLS_CERT_FILE`];
  const keyFile = env[`${from}TLS_KEY_FILE`];
  const clientCaFile =
    env[`${prefix}TLS_CLIENT_CA_FILE`] || env.ML_TLS_CLIENT_CA_FILE;
  if (certFile && keyFile) {
    return { certFile, keyFile, clientCaFile: clientCaFile || undefined };
  }
  const problem = `${from}TLS_CERT_FILE and ${from}TLS_KEY_FILE: set both or none`;
  if ((certFile || keyFile) && !problems.includes(problem)) {
    problems.push(problem);
  }
  return undefined;
}

function readOps(
  env: NodeJS.ProcessEnv,
  problems: string[],
): { host: string; port: number } | undefined {
  const { ML_OPS_PORT: text, ML_OPS_HOST: host = '127.0.0.1' } = env;
  if (!text) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    problems.push(`ML_OPS_PORT: '${text}' is not a port from 0 to 65535`);
    return undefined;
  }
  return { host, port: Number(text) };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
}
