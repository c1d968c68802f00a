import type { CaptureOptions } from '../capture/PredictionCapture';
import type {
  TelemetryConfig,
  TraceOptions,
} from '../telemetry/startTelemetry';
import { type SamplerName, SAMPLERS } from '../telemetry/traces/samplers';
import { readPem } from './readPem';

const MIN_KEY_LENGTH = 32;
const DEFAULT_CAPTURE_MB = 512;

/** Reads what is told of requests. Traces are configured by OpenTelemetry's own variables. */
export function readTelemetryConfig(
  env: NodeJS.ProcessEnv,
  problems: string[],
): TelemetryConfig {
  return {
    traces: readTraces(env, problems),
    capture: readCapture(env, problems),
    logOutputs: readLogOutputs(env, problems),
  };
}

function readTraces(
  env: NodeJS.ProcessEnv,
  problems: string[],
): TraceOptions | undefined {
  const url =
    env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ||
    (env.OTEL_EXPORTER_OTLP_ENDPOINT &&
      `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '')}/v1/traces`);
  if (!url || env.OTEL_SDK_DISABLED === 'true') return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    problems.push(
      `OTEL_EXPORTER_OTLP_ENDPOINT: '${url}' is not an http or https URL`,
    );
  }
  const sampler = (env.OTEL_TRACES_SAMPLER ||
    'parentbased_always_on') as SamplerName;
  if (!SAMPLERS.includes(sampler)) {
    problems.push(
      `OTEL_TRACES_SAMPLER: '${sampler}' is not one of ${SAMPLERS.join(', ')}`,
    );
  }
  return {
    ...{ url, sampler },
    ca: readPem(env, 'OTEL_EXPORTER_OTLP_CERTIFICATE', problems),
    ratio: numberOf(env, 'OTEL_TRACES_SAMPLER_ARG', 1, { max: 1, problems }),
    headers: pairsOf(
      env.OTEL_EXPORTER_OTLP_TRACES_HEADERS || env.OTEL_EXPORTER_OTLP_HEADERS,
    ),
    resource: {
      'service.name': env.OTEL_SERVICE_NAME || 'ml-inference-server',
      ...pairsOf(env.OTEL_RESOURCE_ATTRIBUTES),
    },
  };
}

function readCapture(
  env: NodeJS.ProcessEnv,
  problems: string[],
): CaptureOptions {
  const percent = (name: string, fallback: number) =>
    numberOf(env, name, fallback, { max: 100, problems });
  const personalKey = env.ML_CAPTURE_KEY || undefined;
  if (personalKey && personalKey.length < MIN_KEY_LENGTH) {
    problems.push(
      `ML_CAPTURE_KEY: needs at least ${MIN_KEY_LENGTH} characters; it makes tokens of personal values`,
    );
  }
  const megabytes = numberOf(env, 'ML_CAPTURE_MAX_MB', DEFAULT_CAPTURE_MB, {
    max: 1_000_000,
    problems,
  });
  return {
    percent: percent('ML_CAPTURE_PERCENT', 0),
    maxPercent: percent('ML_CAPTURE_MAX_PERCENT', 100),
    maxBytes: megabytes * 1024 * 1024,
    personalKey,
  };
}

function readLogOutputs(env: NodeJS.ProcessEnv, problems: string[]): boolean {
  const { ML_LOG_OUTPUTS: text = 'none' } = env;
  if (text !== 'none' && text !== 'small') {
    problems.push(`ML_LOG_OUTPUTS: '${text}' is not one of none, small`);
  }
  return text === 'small';
}

function numberOf(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  { max, problems }: { max: number; problems: string[] },
): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (value >= 0 && value <= max) return value;
  problems.push(`${name}: '${text}' is not a number from 0 to ${max}`);
  return fallback;
}

/** `a=b,c=d`, percent-encoded as in W3C Baggage. */
function pairsOf(text: string | undefined): Record<string, string> {
  return Object.fromEntries(
    (text ?? '')
      .split(',')
      .map(pair => pair.trim())
      .filter(pair => pair.includes('='))
      .map(pair => {
        const at = pair.indexOf('=');
        const value = pair.slice(at + 1).trim();
        return [pair.slice(0, at).trim(), decode(value)];
      }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
