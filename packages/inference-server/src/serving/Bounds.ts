import { availableParallelism, totalmem } from 'node:os';

const MIB = 1024 * 1024;

/** The most that any version gets, whatever it asks for. */
export interface Bounds {
  /** Processor cores that the server may count on. */
  cores: number;
  maxReplicas: number;
  maxConcurrency: number;
  maxQueueLength: number;
  maxTimeoutMs: number;
  maxStartMs: number;
  maxMemoryBytes: number;
  /** Without the load for it, a replica beyond the least goes after this long. */
  scaleDownAfterMs: number;
}

/** What fits this machine. */
export function defaultBounds(): Bounds {
  const cores = availableParallelism();
  return {
    cores,
    maxReplicas: Math.max(2, cores),
    maxConcurrency: 256,
    maxQueueLength: 1024,
    maxTimeoutMs: 300_000,
    maxStartMs: 600_000,
    maxMemoryBytes: Math.max(512 * MIB, Math.floor(totalmem() / 2)),
    scaleDownAfterMs: 60_000,
  };
}
