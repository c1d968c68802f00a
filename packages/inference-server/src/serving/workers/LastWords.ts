import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const MAX_LENGTH = 300;
const RECENT_MS = 5_000;
/** As Python, Node and most loggers write it. */
const COMPLAINT =
  /^\s*(?:[\w.]+\.)?\w*(?:Error|Exception)\b|\b(?:ERROR|FATAL|CRITICAL)\b/;

/**
 * Passes a stream's lines on, and keeps the one that most likely says why a
 * process ended: the last complaint, or else the last line of all.
 */
export class LastWords {
  #last = '';
  #complaint = '';
  #saidAt = -Infinity;

  listen(stream: Readable | null, write: (line: string) => void): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', line => {
      const text = line.trim().slice(0, MAX_LENGTH);
      if (text) {
        this.#last = text;
        this.#saidAt = performance.now();
      }
      if (COMPLAINT.test(text)) this.#complaint = text;
      write(line);
    });
  }

  /** The same of one that served for a while: what it said long ago is not why it ended. */
  justSaid(): string {
    const isRecent = performance.now() - this.#saidAt < RECENT_MS;
    return isRecent ? this.toString() : '';
  }

  /** As part of a sentence; empty when nothing was said. */
  toString(): string {
    const words = this.#complaint || this.#last;
    return words && `, having said: ${words}`;
  }
}
