import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CheckpointSink, KeptCheckpoint } from './CheckpointSink';

/**
 * Appends checkpoints to a file, one JSON object a line. It proves something
 * when those who can write the database cannot write this file: give it
 * another owner, another machine or a WORM mount.
 */
export class FileSink implements CheckpointSink {
  readonly name: string;
  readonly kind = 'file';
  readonly #path: string;

  constructor(path: string) {
    this.name = path;
    this.#path = path;
  }

  async newest(): Promise<KeptCheckpoint | undefined> {
    return (await this.read()).at(-1);
  }

  async read(): Promise<KeptCheckpoint[]> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return text
      .split('\n')
      .filter(Boolean)
      .flatMap(line => {
        try {
          const { at, note } = JSON.parse(line);
          return [{ at: String(at), note: String(note) }];
        } catch {
          // What a process left that was killed while it wrote; a checkpoint
          // that is missing is found by its successors.
          return [];
        }
      });
  }

  async write(note: string, at: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size) await file.read(last, 0, 1, size - 1);
      // Half a line that a killed process left is closed, not continued.
      const start = size && last.toString() !== '\n' ? '\n' : '';
      await file.write(`${start}${JSON.stringify({ at, note })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
