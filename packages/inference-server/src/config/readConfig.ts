import { delimiter, resolve } from 'node:path';
import { LOG_LEVELS, type LogLevel } from '../log/Logger';
import { grpcPortBeside } from './grpcPortBeside';
import { readEdgeConfig } from './readEdgeConfig';
import { readPem } from './readPem';
import type { InferenceServerOptions } from '../startInferenceServer';
import { readBounds } from './readBounds';

const MIN_TOKEN_LENGTH = 16;

/** What the environment variables say, or one line for each thing wrong with them. */
export type ConfigResult =
  | { options: InferenceServerOptions }
  | { problems: string[] };

/** Reads the server's configuration from environment variables. */
export function readConfig(env: NodeJS.ProcessEnv): ConfigResult {
  const problems: string[] = [];
  const port = (name: string, fallback: number): number => {
    const text = env[name] || String(fallback);
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    problems.push(`${name}: '${text}' is not a port from 0 to 65535`);
    return fallback;
  };
  const gatewayPorts = {
    production: port('ML_PRODUCTION_PORT', 7008),
    staging: port('ML_STAGING_PORT', 7009),
  };

  const seconds = (name: string, fallback: number): number => {
    const text = env[name] || String(fallback);
    if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
    problems.push(`${name}: '${text}' is not a number of seconds from 1 on`);
    return fallback;
  };

  const options: InferenceServerOptions = {
    dataDir: resolve(env.ML_INFERENCE_DIR || '.'),
    host: env.ML_HOST || '127.0.0.1',
    controlHost: env.ML_CONTROL_HOST || '127.0.0.1',
    controlPort: port('ML_CONTROL_PORT', 7010),
    controlToken: env.ML_CONTROL_TOKEN ?? '',
    gatewayPorts,
    grpcPorts: {
      production: port(
        'ML_PRODUCTION_GRPC_PORT',
        grpcPortBeside(gatewayPorts.production),
      ),
      staging: port(
        'ML_STAGING_GRPC_PORT',
        grpcPortBeside(gatewayPorts.staging),
      ),
    },
    registry: {
      url: env.ML_REGISTRY_URL || 'http://localhost:7007',
      token: env.ML_REGISTRY_TOKEN || undefined,
      ca: readPem(env, 'ML_REGISTRY_CA_FILE', problems),
    },
    logLevel: (env.ML_LOG_LEVEL || 'info') as LogLevel,
    bounds: readBounds(env, problems),
    callerMs: seconds('ML_CALLER_SECONDS', 60) * 1000,
    pythons: env.ML_PYTHON?.split(delimiter).filter(Boolean),
    containerEngine: env.ML_CONTAINER_ENGINE || undefined,
  };
  Object.assign(options, readEdgeConfig(env, problems));
  if (!env.ML_INFERENCE_DIR) {
    problems.push(
      'ML_INFERENCE_DIR: is missing; set it to the folder that keeps state, artifacts and logs',
    );
  }
  if (options.controlToken.length < MIN_TOKEN_LENGTH) {
    problems.push(
      `ML_CONTROL_TOKEN: needs at least ${MIN_TOKEN_LENGTH} characters; it is what the portal shows to the control API`,
    );
  }
  if (!isHttpUrl(options.registry.url)) {
    problems.push(
      `ML_REGISTRY_URL: '${options.registry.url}' is not an http or https URL`,
    );
  }
  if (!LOG_LEVELS.includes(options.logLevel)) {
    problems.push(
      `ML_LOG_LEVEL: '${options.logLevel}' is not one of ${LOG_LEVELS.join(
        ', ',
      )}`,
    );
  }
  return problems.length ? { problems } : { options };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
