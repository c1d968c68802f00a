import { fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { close, fsync, rename, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const writeTo = promisify(write);
const closeFile = promisify(close);
const renameFile = promisify(rename);
const syncFile = promisify(fsync);

const NEWLINE = 0x0a;

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

/** A file that cannot be opened is tried again after this long. */
const REOPEN_MS = 5_000;

/**
 * A file of lines that is written behind the caller's back, in batches, and
 * set aside when it is full. Trouble with the disk never reaches the caller:
 * while there is no file, lines are dropped and counted.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #path: string;
  #file: number | undefined;
  #size = 0;
  /** The file ends amid a line, which the next one must not continue. */
  #torn = false;
  #opened = -Infinity;
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
    try {
      this.#open();
    } catch (error) {
      this.#fail(error as Error);
    }
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
    if (this.#file !== undefined) await closeFile(this.#file);
  }

  /** Throws when it cannot. */
  #open(): number {
    if (this.#file !== undefined) return this.#file;
    const since = performance.now() - this.#opened;
    if (since < REOPEN_MS) throw new Error('it could not be opened just now');
    this.#opened = performance.now();
    mkdirSync(this.#options.folder, { recursive: true });
    const file = openSync(this.#path, 'a+');
    this.#size = fstatSync(file).size;
    this.#torn = !endsWithNewline(file, this.#size);
    this.#file = file;
    return file;
  }

  #fail(error: Error): void {
    if (!this.#failing) this.#options.onError(error);
    this.#failing = true;
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
    this.#waiting = [];
    this.#waitingChars = 0;
    try {
      await this.#append(`${text.join('\n')}\n`);
    } catch (error) {
      this.#dropped += lines.length;
      this.#fail(error as Error);
      return;
    }
    this.#toldDropped += gap;
    try {
      if (this.#size >= this.#options.maxBytes) await this.#rotate();
      this.#failing = false;
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  async #append(text: string): Promise<void> {
    const file = this.#open();
    const bytes = Buffer.from(this.#torn ? `\n${text}` : text);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await writeTo(file, bytes, at);
      at += bytesWritten;
      this.#size += bytesWritten;
      this.#torn = bytes[at - 1] !== NEWLINE;
    }
  }

  async #rotate(): Promise<void> {
    const full = this.#open();
    await syncFile(full);
    for (let i = this.#options.keep; i >= 1; i--) {
      const from = i === 1 ? this.#path : `${this.#path}.${i - 1}`;
      await renameFile(from, `${this.#path}.${i}`).catch(ignoreMissing);
    }
    this.#file = undefined;
    this.#opened = -Infinity;
    await closeFile(full);
    this.#open();
  }
}

function endsWithNewline(file: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
