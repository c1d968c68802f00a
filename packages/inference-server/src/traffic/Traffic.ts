import type {
  ServedModelKey,
  TrafficReport,
} from '@ml-platform/plugin-ml-common';
import type { Logger } from '../log/Logger';
import type { RequestFacts, RequestObserver } from '../telemetry/RequestFacts';
import { Tally } from './Tally';
import { type TrafficEntry, TrafficFiles } from './TrafficFiles';

const INTERVAL_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const SAVE_MS = 10_000;

interface Counting extends Omit<TrafficEntry, 'tally'> {
  tally: Tally;
}

/**
 * Counts the requests of each version in the last day, by quarters of an hour.
 * It is kept on disk every few seconds: figures for people, not for the judge.
 */
export class Traffic implements RequestObserver {
  readonly #files: TrafficFiles;
  readonly #logger: Logger;
  /** Of the interval that runs, by environment, model and version. */
  readonly #current = new Map<string, Counting>();
  /** Of intervals that are over, which need less room so. */
  #past: TrafficEntry[] = [];
  #start = 0;
  #unsaved = false;
  #saving: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(options: { folder: string; logger: Logger }) {
    this.#files = new TrafficFiles(options);
    this.#logger = options.logger;
    this.#timer = setInterval(() => this.#save(), SAVE_MS).unref();
  }

  finished({ environment, latencyMs, model, status, version }: RequestFacts) {
    if (version === undefined) return;
    this.#turnTo(Date.now());
    const key = `${environment}/${model}/${version}`;
    let counting = this.#current.get(key);
    if (!counting) {
      const start = this.#start;
      counting = { environment, model, version, start, tally: new Tally() };
      this.#current.set(key, counting);
    }
    counting.tally.add(status, latencyMs);
    this.#unsaved = true;
  }

  async report({ environment, model }: ServedModelKey): Promise<TrafficReport> {
    const now = Date.now();
    const from = intervalOf(now - DAY_MS) + INTERVAL_MS;
    const entries = [
      ...(await this.#files.loadOthers()),
      ...this.#entries(),
    ].filter(
      entry =>
        entry.environment === environment &&
        entry.model === model &&
        entry.start >= from,
    );
    const total = new Tally();
    for (const { tally } of entries) total.merge(tally);
    return {
      from: new Date(from).toISOString(),
      to: new Date(now).toISOString(),
      total: total.figures(),
      versions: [...grouped(entries, ({ version }) => version)]
        .sort(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }))
        .map(([version, tally]) => ({ version, ...tally.figures() })),
      intervalSeconds: INTERVAL_MS / 1000,
      intervals: [...grouped(entries, ({ start }) => start)]
        .sort(([a], [b]) => a - b)
        .map(([start, tally]) => ({
          start: new Date(start).toISOString(),
          ...tally.figures(),
        })),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#save();
    await this.#saving;
  }

  #turnTo(now: number): void {
    const start = intervalOf(now);
    if (start === this.#start) return;
    this.#past = this.#entries().filter(entry => entry.start > now - DAY_MS);
    this.#current.clear();
    this.#start = start;
  }

  #entries(): TrafficEntry[] {
    const current = [...this.#current.values()].map(counting => ({
      ...counting,
      tally: counting.tally.toKept(),
    }));
    return [...this.#past, ...current];
  }

  #save(): void {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    const entries = this.#entries();
    this.#saving = this.#saving
      .then(async () => {
        await this.#files.save(entries);
        await this.#files.removeBefore(Date.now() - DAY_MS - INTERVAL_MS);
      })
      .catch(error => {
        this.#unsaved = true;
        this.#logger.warn('Figures of traffic cannot be kept', {
          reason: (error as Error).message,
        });
      });
  }
}

function intervalOf(time: number): number {
  return Math.floor(time / INTERVAL_MS) * INTERVAL_MS;
}

function grouped<Key>(
  entries: TrafficEntry[],
  keyOf: (entry: TrafficEntry) => Key,
): Map<Key, Tally> {
  const groups = new Map<Key, Tally>();
  for (const entry of entries) {
    const key = keyOf(entry);
    groups.set(key, (groups.get(key) ?? new Tally()).merge(entry.tally));
  }
  return groups;
}
