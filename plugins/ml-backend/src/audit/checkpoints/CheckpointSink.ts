/** A place outside the database that keeps signed checkpoints. */
export interface CheckpointSink {
  readonly name: string;
  readonly kind: 'file' | 'witness';
  /** The notes it has, oldest first; those that it does not give back are left out. */
  read(): Promise<Array<{ at: string; note: string }>>;
  /** Resolves once the note is kept for good. Sending one again is harmless. */
  write(note: string, at: string): Promise<void>;
}
