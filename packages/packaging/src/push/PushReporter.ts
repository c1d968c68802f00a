/** Whom a push tells how far it is: a terminal, or a log. */
export interface PushReporter {
  info(message: string): void;
  /** What is done for good. */
  done(message: string): void;
  /** Begins to count the bytes of an upload. */
  progress(options: { label: string; total: number }): PushProgress;
}

/** The count of one upload's bytes. */
export interface PushProgress {
  /** Bytes that the registry has acknowledged. */
  set(bytes: number): void;
  say(message: string): void;
  stop(): void;
}
