import type { Environment } from '@ml-platform/plugin-ml-common';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { RequestFacts, RequestObserver } from '../RequestFacts';

/** From half a millisecond, which a small model takes, to the timeout. */
const BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10, 30, 60,
];

const SERIES = ['environment', 'model', 'version', 'arm'] as const;

interface Series {
  environment: Environment;
  model: string;
  version: string;
}

/**
 * Counts requests for Prometheus. A label's values are bounded by what the
 * platform deployed or configured: what callers make up never becomes one.
 */
export class RequestMetrics implements RequestObserver {
  readonly #requests;
  readonly #duration;
  readonly #worker;
  readonly #refused;
  readonly #consumers;
  readonly #bytes;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: 'ml_inference_requests_total',
      help: 'Inference requests that a version answered or should have, by class of the status.',
      labelNames: [...SERIES, 'transport', 'code'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'ml_inference_request_duration_seconds',
      help: 'Time from the arrival of a request until its answer was complete.',
      labelNames: SERIES,
      buckets: BUCKETS,
      registers,
    });
    this.#worker = new Histogram({
      name: 'ml_inference_worker_duration_seconds',
      help: 'The part of it that the worker took.',
      labelNames: SERIES,
      buckets: BUCKETS,
      registers,
    });
    this.#bytes = new Counter({
      name: 'ml_inference_bytes_total',
      help: 'Bytes of the bodies of requests and of answers.',
      labelNames: ['environment', 'direction'],
      registers,
    });
    this.#refused = new Counter({
      name: 'ml_inference_refused_total',
      help: 'Requests that the gateway itself answered, by its reason.',
      labelNames: ['environment', 'reason'],
      registers,
    });
    this.#consumers = new Counter({
      name: 'ml_inference_consumer_requests_total',
      help: 'Requests of each known consumer, by class of the status.',
      labelNames: ['environment', 'consumer', 'code'],
      registers,
    });
  }

  finished(facts: RequestFacts): void {
    const { environment, model, version, arm = '', failure } = facts;
    const code = `${Math.floor(facts.status / 100)}xx`;
    if (version !== undefined) {
      const series = { environment, model, version, arm };
      this.#requests.inc({ ...series, transport: facts.transport, code });
      this.#duration.observe(series, facts.latencyMs / 1000);
      if (facts.workerMs !== undefined) {
        this.#worker.observe(series, facts.workerMs / 1000);
      }
    }
    this.#bytes.inc({ environment, direction: 'in' }, facts.requestBytes);
    this.#bytes.inc({ environment, direction: 'out' }, facts.responseBytes);
    if (failure) this.#refused.inc({ environment, reason: failure });
    if (facts.consumer !== undefined) {
      this.#consumers.inc({ environment, consumer: facts.consumer, code });
    }
  }

  /** Forgets the series of versions that are gone, so that they do not pile up over the years. */
  async keepOnly(isServed: (series: Series) => boolean): Promise<void> {
    for (const metric of [this.#requests, this.#duration, this.#worker]) {
      const gone = new Map<string, Series>();
      for (const { labels } of (await metric.get()).values) {
        const { le: _, ...own } = labels as unknown as Series & { le?: number };
        if (!isServed(own)) gone.set(JSON.stringify(own), own);
      }
      for (const labels of gone.values()) metric.remove({ ...labels });
    }
  }
}
