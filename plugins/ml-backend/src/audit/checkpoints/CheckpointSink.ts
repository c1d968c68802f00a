import type { AuditAnchor } from '@ml-platform/plugin-ml-common';

export interface KeptCheckpoint {
  at: string;
  note: string;
}

/** A place outside the database that keeps signed checkpoints. */
export interface CheckpointSink {
  readonly name: string;
  readonly kind: AuditAnchor['kind'];
  /** The notes it has, oldest first; those that it does not give back are left out. */
  read(): Promise<KeptCheckpoint[]>;
  newest(): Promise<KeptCheckpoint | undefined>;
  /**
   * Resolves once the note is kept for good. Sending one again is harmless.
   * @throws Contradiction when the log is not what the sink has seen of it
   */
  write(note: string, at: string): Promise<void>;
}

/** What a sink knows, and the log denies. */
export class Contradiction extends Error {
  readonly name = 'Contradiction';
}
