import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a supervisor says of itself. */
export interface SupervisorStatus {
  /** Process id of the supervisor. */
  pid: number;
  /** Of the server that serves. */
  server?: number;
  /** The newest upgrade that is over. */
  upgrade?: {
    startedAt: string;
    endedAt: string;
    outcome: 'done' | 'failed';
    reason?: string;
  };
}

/** Where a supervisor leaves word for `ml-inference-server upgrade`. */
export class SupervisorFile {
  readonly #path: string;
  #upgrade: SupervisorStatus['upgrade'];

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'supervisor.json');
  }

  /** Throws when the disk does not take it. */
  write(status: Omit<SupervisorStatus, 'pid'>): void {
    this.#upgrade = status.upgrade ?? this.#upgrade ?? this.read()?.upgrade;
    const text = JSON.stringify({
      ...{ pid: process.pid, ...status },
      upgrade: this.#upgrade,
    });
    const temporary = `${this.#path}.tmp`;
    writeFileSync(temporary, `${text}\n`, { mode: 0o600 });
    renameSync(temporary, this.#path);
  }

  /** Undefined when there never was a supervisor. */
  read(): SupervisorStatus | undefined {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      // A power cut can leave it empty; it is written anew with each start.
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
