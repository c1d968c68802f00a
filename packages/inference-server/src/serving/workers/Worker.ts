import type { ServingProblem } from '@ml-platform/plugin-ml-common';
import type { Pool } from 'undici';

/** A worker cannot be started, and starting it again would not help. */
export class LoadRefusedError extends Error {
  constructor(
    message: string,
    readonly problem: ServingProblem = 'LOAD_REFUSED',
  ) {
    super(message);
  }
}

/** The worker ended before it was ready; how, as part of a sentence. */
export class WorkerDiedError extends Error {}

/** A running process that answers predictions, whatever its format. */
export interface Worker {
  readonly pid: number | undefined;
  /** Connections to it. */
  readonly pool: Pool;
  /** Where inference requests are posted to. */
  readonly inferPath: string;
  /** Resolves with how it ended, as part of a sentence: `exited with code 1`. */
  readonly ended: Promise<string>;
  /**
   * Resolves when requests can be sent. Rejects with a
   * {@link LoadRefusedError} or a {@link WorkerDiedError}.
   */
  ready(signal: AbortSignal): Promise<void>;
  /** What to look at when it is not ready in time. */
  readonly startHint: string;
  /** Whether it answers a question about its health in time. */
  isAlive(timeoutMs: number): Promise<boolean>;
  /** Resident bytes of the worker and what it started; undefined where that cannot be known. */
  memoryBytes(): number | undefined;
  /** Only JSON is understood; see {@link Worker.prepare}. */
  readonly isPlain: boolean;
  /** Makes of what a caller sent what this worker takes. Throws an `InferenceError`. */
  prepare(body: Buffer, headers: Record<string, string>): Buffer;
  /**
   * What it said just before it ended, as the rest of a sentence. Empty where
   * that may quote personal data, as what a serving process says may.
   */
  lastWords(): string;
  /** Ends it at once. */
  kill(): void;
  /** Ends it; what it still works on is lost, so drain first. */
  stop(): Promise<void>;
}

/** Starts the workers of one version. */
export interface Launcher {
  /** Sees to it that everything is there that workers need; tells how far it is. */
  prepare(options: {
    /** The artifact, or the folder of the package. */
    path: string;
    signal: AbortSignal;
    tell(reason: string, problem?: ServingProblem): void;
  }): Promise<void>;
  launch(): Promise<Worker>;
  /** Nothing is launched any more. */
  release(): void;
}
