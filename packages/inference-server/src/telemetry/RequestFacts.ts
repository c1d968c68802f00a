import type { Environment } from '@ml-platform/plugin-ml-common';
import type { TraceContext } from './traces/TraceContext';

/** How the caller reached the gateway. */
export type Transport = 'rest' | 'grpc';

/** What the worker says of one inference: where its time went, and how large the tensors were. */
export interface WorkerReport {
  /** Milliseconds. */
  stages: { name: string; ms: number }[];
  /** Shapes of inputs and outputs by name, such as `{ features: [1, 13] }`. */
  shapes?: Record<string, number[]>;
}

/** Everything that log, metrics and traces are told of one inference request. Never its values. */
export interface RequestFacts {
  requestId: string;
  trace: TraceContext;
  environment: Environment;
  transport: Transport;
  /** As the caller wrote it, cut to a bearable length. */
  model: string;
  /** The version that answered or should have; absent when none was found. */
  version?: string;
  /** `stable` or `canary`, or `pinned` when the caller chose the version. */
  arm?: string;
  /** Who called; absent when nobody was asked to say. */
  consumer?: string;
  status: number;
  /** Why the gateway itself answered, e.g. `worker-died`. */
  failure?: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  latencyMs: number;
  /** From the request's arrival until it went to a worker; absent when it never did. */
  queueMs?: number;
  /** From there until the worker's answer was complete. */
  workerMs?: number;
  worker?: WorkerReport;
  requestBytes: number;
  responseBytes: number;
  /** Small outputs, when the configuration wants them logged. */
  outputs?: Record<string, unknown>;
}

/** Told of each inference request when it is over. Must not throw, nor take long. */
export interface RequestObserver {
  finished(facts: RequestFacts): void;
}

/** Tells several, in their order. */
export function observeAll(
  observers: readonly RequestObserver[],
): RequestObserver {
  return {
    finished: facts => {
      for (const observer of observers) observer.finished(facts);
    },
  };
}
