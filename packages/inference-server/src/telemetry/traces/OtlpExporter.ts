import { setTimeout as sleep } from 'node:timers/promises';
import { version as serverVersion } from '../../../package.json';
import { fetchTrusting } from '../../http/fetchTrusting';
import type { Logger } from '../../log/Logger';
import { Backoff } from '../../serving/Backoff';
import type { RequestFacts, RequestObserver } from '../RequestFacts';
import { type ResourceAttributes, toOtlpJson } from './otlpJson';
import { type Span, spansOf } from './spansOf';

/** What may wait while the receiver is slow or away; more is dropped and counted. */
const MAX_WAITING = 8192;
const BATCH = 512;
/** A span waits this long at most before it is sent. */
const FLUSH_MS = 1_000;
const TIMEOUT_MS = 10_000;
/** How often a batch is tried before it is given up. */
const MAX_ATTEMPTS = 5;
const RETRYABLE = [408, 429, 502, 503, 504];
const SCOPE = { name: 'ml-inference-server', version: serverVersion };

export interface OtlpExporterOptions {
  /** Where traces are sent to, with its path: `http://collector:4318/v1/traces`. */
  url: string;
  headers: Record<string, string>;
  ca?: string;
  resource: ResourceAttributes;
  logger: Logger;
}

/** Sends the spans of sampled requests to an OTLP/HTTP receiver, behind the requests' back. */
export class OtlpExporter implements RequestObserver {
  readonly #options: OtlpExporterOptions;
  readonly #fetch: typeof fetch;
  readonly #stopping = new AbortController();
  #waiting: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #exported = 0;
  #dropped = 0;
  #failing = false;

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    this.#fetch = fetchTrusting(options.ca);
  }

  /** Spans that the receiver took. */
  get exported(): number {
    return this.#exported;
  }

  /** Spans lost: there were too many, or the receiver did not take them. */
  get dropped(): number {
    return this.#dropped;
  }

  finished(facts: RequestFacts): void {
    if (!facts.trace.sampled) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(...spansOf(facts));
    if (this.#waiting.length >= BATCH) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), FLUSH_MS).unref();
  }

  /** Sends what waits, once, and gives up the rest. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#sending;
    this.#start();
    await this.#sending;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length) {
      const batch = this.#waiting.splice(0, BATCH);
      if (await this.#send(batch)) this.#exported += batch.length;
      else this.#dropped += batch.length;
    }
  }

  async #send(spans: Span[]): Promise<boolean> {
    const backoff = new Backoff({ firstMs: 500, longestMs: 10_000 });
    const body = toOtlpJson(spans, this.#options.resource, SCOPE);
    for (let attempt = 1; ; attempt++) {
      const { problem, again } = await this.#post(body);
      if (!problem) {
        this.#failing = false;
        return true;
      }
      const { signal } = this.#stopping;
      if (!again || attempt >= MAX_ATTEMPTS || signal.aborted) {
        this.#complain(problem);
        return false;
      }
      // Cut short when it is told to stop: one more attempt, then it is over.
      await sleep(backoff.next(), undefined, { signal }).catch(() => {});
    }
  }

  async #post(body: string): Promise<{ problem?: string; again?: boolean }> {
    const { url, headers } = this.#options;
    try {
      const response = await this.#fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (response.ok) return {};
      const { status } = response;
      return { problem: `status ${status}`, again: RETRYABLE.includes(status) };
    } catch (error) {
      const { cause, message } = error as Error & { cause?: Error };
      return { problem: cause?.message || message, again: true };
    }
  }

  #complain(reason: string): void {
    if (this.#failing) return;
    this.#failing = true;
    const { url, logger } = this.#options;
    logger.error('Traces cannot be exported; spans are lost', { url, reason });
  }
}
