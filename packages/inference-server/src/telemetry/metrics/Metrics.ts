import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { version as serverVersion } from '../../../package.json';
import type { ServingPlane } from '../../serving/ServingPlane';
import { addLossMetrics, type Counts } from './addLossMetrics';
import { addPlaneMetrics } from './addPlaneMetrics';
import { RequestMetrics } from './RequestMetrics';

/** Gauges that are named like counters; each has a twin with a label and a proper name. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** All metrics of the server, in Prometheus' text format. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new RequestMetrics(this.registry);
  readonly #plane: ServingPlane;

  constructor(options: {
    plane: ServingPlane;
    losses: Counts;
    written: Counts;
  }) {
    this.#plane = options.plane;
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    addPlaneMetrics(this.registry, options.plane);
    addLossMetrics(this.registry, options);
    new Gauge({
      name: 'ml_inference_build_info',
      help: 'Always 1; its label says which version of the server this is.',
      labelNames: ['version'],
      registers: [this.registry],
    }).set({ version: serverVersion }, 1);
  }

  /** When the listeners' certificates end. */
  addCertificates(certificates: Record<string, { expires: number }>): void {
    const gauge: Gauge<'listener'> = new Gauge({
      name: 'ml_inference_certificate_expiry_timestamp_seconds',
      help: 'When the certificate of a listener ends, in seconds since 1970.',
      labelNames: ['listener'],
      registers: [this.registry],
      collect() {
        for (const [listener, { expires }] of Object.entries(certificates)) {
          gauge.set({ listener }, expires / 1000);
        }
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** What Prometheus reads. Versions that went since the last time are in it once more. */
  async text(): Promise<string> {
    const text = await this.registry.metrics();
    await this.requests.keepOnly(({ environment, model, version }) =>
      Boolean(this.#plane.find(environment, model)?.versions.has(version)),
    );
    return text;
  }
}
