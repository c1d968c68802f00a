import type { RolloutMirror } from '@ml-platform/plugin-ml-common';
import type { VersionRunner } from '../serving/VersionRunner';
import { HEADER_LENGTH } from '../protocol/BodyParts';
import { askWorker } from './askWorker';
import { compareOutputs } from './compareOutputs';
import { type KeptMirror, MirrorCounter } from './MirrorCounter';
import { parseAnswer } from './parseAnswer';

/** A request that was answered by the live version, to be asked again. */
export interface Copy {
  body: Buffer;
  /** That tell how the body is encoded. */
  headers: Record<string, string>;
  /** What the caller got. */
  answer: Answer;
  latencyMs: number;
}

/** An answer, with how much of it is JSON when not all of it is. */
export interface Answer {
  body: Buffer;
  headerLength?: string;
}

export interface MirrorOptions {
  settings: Pick<RolloutMirror, 'percent' | 'tolerance'>;
  live: string;
  shadow(): VersionRunner | undefined;
  kept?: KeptMirror;
}

/** Copies that wait; one more is dropped and counted. */
const MAX_WAITING = 64;
/** Copies that the shadow works on at a time. */
const MAX_ASKED = 4;
/** Longer than callers would wait; a slow shadow then only makes copies drop. */
const TIMEOUT_MS = 10_000;

/**
 * Sends copies of the live version's requests to a shadow and compares the
 * answers. It begins when the caller has its answer, holds a bounded number of
 * copies, and nothing that happens to them reaches anybody.
 */
export class Mirror {
  readonly counter: MirrorCounter;
  readonly #options: MirrorOptions;
  readonly #waiting: Copy[] = [];
  #asked = 0;

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.counter = new MirrorCounter(options.kept);
  }

  /** Whether a request to this version is to be copied. */
  wants(version: string): boolean {
    const { live, settings, shadow } = this.#options;
    if (version !== live || Math.random() * 100 >= settings.percent) {
      return false;
    }
    // After a restart of the server it has not had its chance yet.
    const state = shadow()?.state;
    return state !== 'pulling' && state !== 'starting';
  }

  /** A request that should be copied and cannot be. */
  skip(): void {
    this.counter.skipped += 1;
  }

  offer(copy: Copy): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.counter.dropped += 1;
      return;
    }
    this.#waiting.push(copy);
    this.#next();
  }

  /** Forgets what waits; what is under way ends by itself. */
  stop(): void {
    this.counter.dropped += this.#waiting.length;
    this.#waiting.length = 0;
  }

  #next(): void {
    if (this.#asked >= MAX_ASKED) return;
    const copy = this.#waiting.shift();
    if (!copy) return;
    this.#asked += 1;
    this.#ask(copy).finally(() => {
      this.#asked -= 1;
      this.#next();
    });
  }

  async #ask({ answer, body, headers, latencyMs }: Copy): Promise<void> {
    const { counter } = this;
    counter.sent += 1;
    const start = performance.now();
    try {
      const reply = await askWorker(this.#options.shadow(), {
        body,
        headers,
        timeoutMs: TIMEOUT_MS,
      });
      if (reply.status !== 200) {
        counter.errors += 1;
        return;
      }
      const shadowMs = performance.now() - start;
      counter.addLatencies({ shadow: shadowMs, live: latencyMs });
      const live = parseAnswer(answer.body, answer.headerLength);
      const length = reply.headers[HEADER_LENGTH];
      const shadow = parseAnswer(reply.body, length?.toString());
      if (!live || !shadow) {
        counter.skipped += 1;
        return;
      }
      const { tolerance } = this.#options.settings;
      counter.addComparison(compareOutputs(live, shadow, tolerance));
    } catch {
      // What kept it from answering is in its own log and state.
      counter.errors += 1;
    }
  }
}
