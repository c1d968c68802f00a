import { Counter, type Registry } from 'prom-client';

/** Counts, by what is counted. */
export type Counts = Record<string, () => number>;

/** Counts what was written behind the requests' back, and what got lost: serving goes first, and that is to be seen. */
export function addLossMetrics(
  registry: Registry,
  { written, losses }: { written: Counts; losses: Counts },
): void {
  const add = (name: string, help: string, counts: Counts) => {
    const counter: Counter<'of'> = new Counter({
      name,
      help,
      labelNames: ['of'],
      registers: [registry],
      collect() {
        counter.reset();
        for (const [of, count] of Object.entries(counts)) {
          counter.inc({ of }, count());
        }
      },
    });
  };
  add(
    'ml_inference_telemetry_written_total',
    'Spans that were exported and predictions that were captured.',
    written,
  );
  add(
    'ml_inference_telemetry_lost_total',
    'Lines, spans and records that were dropped rather than let requests wait.',
    losses,
  );
}
