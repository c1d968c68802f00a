import { delimiter, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { grpcPortBeside } from '../config/grpcPortBeside';
import { LOG_LEVELS, type LogLevel } from '../log/Logger';

/** How one model is served alone. */
export interface ServeConfig {
  /** Folder of the package, with `model.yaml` in it. */
  modelDir: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Port for gRPC; 0 takes any free one. */
  grpcPort: number;
  logLevel: LogLevel;
  /**
   * Absolute. Keeps Python environments and the folders of foreign processes;
   * without one, only ONNX models are served.
   */
  dataDir?: string;
  /** Python interpreters to try before those on the path. */
  pythons: readonly string[];
  /** Program of the container engine. */
  containerEngine?: string;
  /** Ends when its standard input does, so that it never outlives who started it. */
  attached: boolean;
}

/** Reads options, and environment variables for those that are not given. */
export function readServeConfig(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): ServeConfig | { problems: string[] } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(words);
  } catch (error) {
    return { problems: [(error as Error).message] };
  }
  const problems: string[] = [];
  const port = values.port ?? (env.ML_PORT || '8080');
  const grpcPort =
    values['grpc-port'] ??
    (env.ML_GRPC_PORT || String(grpcPortBeside(Number(port) || 0)));
  if (!isPort(port)) {
    problems.push(`--port or ML_PORT: '${port}' is not a port from 0 to 65535`);
  } else if (!isPort(grpcPort)) {
    problems.push(
      `--grpc-port or ML_GRPC_PORT: '${grpcPort}' is not a port from 0 to 65535`,
    );
  }
  const logLevel = (values['log-level'] ??
    (env.ML_LOG_LEVEL || 'info')) as LogLevel;
  if (!LOG_LEVELS.includes(logLevel)) {
    problems.push(
      `--log-level or ML_LOG_LEVEL: '${logLevel}' is not one of ${LOG_LEVELS.join(
        ', ',
      )}`,
    );
  }
  const modelDir = values['model-dir'] ?? env.ML_MODEL_DIR;
  if (!modelDir) {
    problems.push(
      '--model-dir or ML_MODEL_DIR: is missing; set it to the folder that model.yaml is in',
    );
  }
  if (problems.length) return { problems };
  return {
    modelDir: resolve(modelDir!),
    host: values.host ?? (env.ML_HOST || '127.0.0.1'),
    port: Number(port),
    grpcPort: Number(grpcPort),
    logLevel,
    attached: values.attached === true,
    dataDir: values['data-dir'] && resolve(values['data-dir']),
    pythons: env.ML_PYTHON?.split(delimiter).filter(Boolean) ?? [],
    containerEngine: env.ML_CONTAINER_ENGINE || undefined,
  };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      'model-dir': { type: 'string' },
      'data-dir': { type: 'string' },
      attached: { type: 'boolean' },
      host: { type: 'string' },
      port: { type: 'string' },
      'grpc-port': { type: 'string' },
      'log-level': { type: 'string' },
    },
  }).values;
}
