import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** A log file that is moved aside when it has grown, so many times kept. */
export class RotatingLog {
  #file;
  #maxBytes;
  #keep;
  #fd;
  #size;

  constructor({ file, maxBytes = 10_000_000, keep = 3 }) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    mkdirSync(path.dirname(file), { recursive: true });
    this.#open();
  }

  get file() {
    return this.#file;
  }

  write(chunk) {
    if (this.#fd === undefined) return;
    try {
      if (this.#size > this.#maxBytes) this.#rotate();
      this.#size += writeSync(this.#fd, chunk);
    } catch {
      // A full disk must not take the platform down with its log.
    }
  }

  close() {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open() {
    this.#fd = openSync(this.#file, 'a');
    this.#size = statSync(this.#file).size;
  }

  #rotate() {
    closeSync(this.#fd);
    for (let number = this.#keep - 1; number >= 1; number--) {
      const older = `${this.#file}.${number}`;
      if (existsSync(older)) renameSync(older, `${this.#file}.${number + 1}`);
    }
    renameSync(this.#file, `${this.#file}.1`);
    this.#open();
  }
}
