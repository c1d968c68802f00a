import { join } from 'node:path';
import {
  type CaptureOptions,
  PredictionCapture,
} from '../capture/PredictionCapture';
import type { Logger } from '../log/Logger';
import { RequestLog } from '../log/RequestLog';
import type { ServingPlane } from '../serving/ServingPlane';
import { Traffic } from '../traffic/Traffic';
import { Metrics } from './metrics/Metrics';
import { Telemetry } from './Telemetry';
import { OtlpExporter } from './traces/OtlpExporter';
import { type SamplerName, samplerOf } from './traces/samplers';

/** @public */
export interface TraceOptions {
  /** Where traces are sent to, with its path: `http://collector:4318/v1/traces`. */
  url: string;
  headers: Record<string, string>;
  /** Certificate of the receiver's authority (PEM), when it is none of the usual ones. */
  ca?: string;
  /** Says of which service the traces are. */
  resource: Record<string, string>;
  sampler: SamplerName;
  /** From 0 to 1, for samplers that have one. */
  ratio: number;
}

/** @public */
export interface TelemetryConfig {
  /** Traces are passed on and not exported when not given. */
  traces?: TraceOptions;
  capture?: CaptureOptions;
  /** Whether small outputs, such as a label or a score, go to the request log. */
  logOutputs?: boolean;
}

/** What the server tells of its requests, running. */
export interface RunningTelemetry {
  telemetry: Telemetry;
  metrics: Metrics;
  traffic: Traffic;
  /** What was lost since the start, by kind. */
  lost(): Record<string, number>;
  close(): Promise<void>;
}

/** Opens log, metrics, traces and capture as they are configured. */
export function startTelemetry(
  options: TelemetryConfig & {
    plane: ServingPlane;
    dataDir: string;
    logger: Logger;
  },
): RunningTelemetry {
  const { plane, dataDir, logger, traces, logOutputs } = options;
  const log = RequestLog.open(join(dataDir, 'logs'), logger);
  const exporter = traces && new OtlpExporter({ ...traces, logger });
  const capture =
    options.capture &&
    PredictionCapture.open({
      ...options.capture,
      folder: join(dataDir, 'captures'),
      logger,
    });
  const traffic = new Traffic({ folder: join(dataDir, 'traffic'), logger });
  const losses = {
    log_lines: () => log.dropped,
    spans: () => exporter?.dropped ?? 0,
    captures: () => capture?.dropped ?? 0,
  };
  const metrics = new Metrics({
    plane,
    losses,
    written: {
      spans: () => exporter?.exported ?? 0,
      captures: () => capture?.captured ?? 0,
    },
  });
  return {
    metrics,
    traffic,
    telemetry: new Telemetry({
      observers: [
        log,
        metrics.requests,
        traffic,
        ...(exporter ? [exporter] : []),
      ],
      sampler: traces && samplerOf(traces.sampler, traces.ratio),
      capture,
      logOutputs,
    }),
    lost: () =>
      Object.fromEntries(
        Object.entries(losses).map(([of, count]) => [of, count()]),
      ),
    close: async () => {
      await Promise.all([
        log.close(),
        traffic.close(),
        exporter?.close(),
        capture?.close(),
      ]);
    },
  };
}
