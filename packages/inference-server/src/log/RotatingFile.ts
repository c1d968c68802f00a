import { mkdirSync, openSync, statSync } from 'node:fs';
import { close, fsync, rename, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const writeTo = promisify(write);
const closeFile = promisify(close);
const renameFile = promisify(rename);
const syncFile = promisify(fsync);

/** Lines wait this long at most before they reach the file. */
const FLUSH_MS = 100;
/** What may wait in memory while the disk is slow or full; more is dropped and counted. */
const MAX_WAITING_CHARS = 16 * 1024 * 1024;

export interface RotatingFileOptions {
  folder: string;
  name: string;
  /** The file is set aside when it has grown to this. */
  maxBytes: number;
  /** Files kept beside the current one: `name.1` is the youngest. */
  keep: number;
  /** Told once each time that writing starts to fail. */
  onError(error: Error): void;
  /** A line that tells readers of the file how many are missing at its place. */
  gapLine?(lost: number): string;
}

/**
 * A file of lines that is written behind the caller's back, in batches, and
 * set aside when it is full. Trouble with the disk never reaches the caller.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #path: string;
  #file: number;
  #size: number;
  #waiting: string[] = [];
  #waitingChars = 0;
  #dropped = 0;
  #toldDropped = 0;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#path = join(options.folder, options.name);
    mkdirSync(options.folder, { recursive: true });
    this.#file = openSync(this.#path, 'a');
    this.#size = statSync(this.#path).size;
  }

  /** Lines lost because the disk did not take them. */
  get dropped(): number {
    return this.#dropped;
  }

  writeLine(line: string): void {
    if (this.#waitingChars > MAX_WAITING_CHARS) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingChars += line.length + 1;
    this.#timer ??= setTimeout(() => this.#startFlush(), FLUSH_MS);
  }

  async close(): Promise<void> {
    this.#startFlush();
    await this.#flushing;
    await closeFile(this.#file);
  }

  #startFlush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#flush());
  }

  async #flush(): Promise<void> {
    if (!this.#waiting.length) return;
    const lines = this.#waiting;
    const gap = this.#dropped - this.#toldDropped;
    const told = (gap && this.#options.gapLine?.(gap)) || undefined;
    const text = told ? [told, ...lines] : lines;
    const bytes = Buffer.from(`${text.join('\n')}\n`);
    this.#waiting = [];
    this.#waitingChars = 0;
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await writeTo(this.#file, bytes, at);
        at += bytesWritten;
      }
      this.#toldDropped += gap;
      this.#size += bytes.length;
      if (this.#size >= this.#options.maxBytes) await this.#rotate();
      this.#failing = false;
    } catch (error) {
      this.#dropped += lines.length;
      if (!this.#failing) this.#options.onError(error as Error);
      this.#failing = true;
    }
  }

  async #rotate(): Promise<void> {
    await syncFile(this.#file);
    for (let i = this.#options.keep; i >= 1; i--) {
      const from = i === 1 ? this.#path : `${this.#path}.${i - 1}`;
      await renameFile(from, `${this.#path}.${i}`).catch(ignoreMissing);
    }
    const full = this.#file;
    this.#file = openSync(this.#path, 'a');
    this.#size = 0;
    await closeFile(full);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
