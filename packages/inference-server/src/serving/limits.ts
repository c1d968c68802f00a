import type { Environment, ServedVersion } from '@ml-platform/plugin-ml-common';
import type { Bounds } from './Bounds';

const MIB = 1024 * 1024;

/** What one version gets: what it asks for, as far as the bounds allow. */
export interface Limits {
  replicas: { min: number; max: number };
  /** Without a request for this long, no replica is left; undefined for never. */
  idleMs: number | undefined;
  /** Requests that one replica gets at a time. */
  concurrency: number;
  queueLength: number;
  queueWaitMs: number;
  /** 99th percentile above which another replica starts. */
  latencyMs: number | undefined;
  timeoutMs: number;
  startMs: number;
  memoryBytes: number;
  threads: number;
  scaleDownAfterMs: number;
}

/** The limits of a version, and one sentence for each wish that a bound cut. */
export function limitsOf(
  spec: Pick<ServedVersion, 'batching' | 'resources'>,
  environment: Environment,
  bounds: Bounds,
): { limits: Limits; cuts: string[] } {
  const { resources: wish = {} } = spec;
  const cuts: string[] = [];
  const atMost = (what: string, wanted: number, most: number, unit = 1) => {
    if (wanted <= most) return wanted;
    cuts.push(`${what}: ${wanted / unit} is cut to ${most / unit}`);
    return most;
  };
  const { maxReplicas } = bounds;
  const least = wish.replicas?.min ?? 1;
  const min = atMost('replicas.min', least, maxReplicas);
  const max = atMost(
    'replicas.max',
    wish.replicas?.max ?? least,
    Math.max(min, maxReplicas),
  );
  // Threads beyond the cores only take turns with each other.
  const cores = Math.max(1, Math.floor(bounds.cores / max));
  const limits: Limits = {
    replicas: { min, max },
    idleMs:
      wish.scaleToZeroSeconds !== undefined && environment === 'staging'
        ? wish.scaleToZeroSeconds * 1000
        : undefined,
    concurrency: atMost(
      'concurrency',
      // What is put together has to be there at the same time.
      wish.concurrency ?? Math.max(8, spec.batching?.maxRows ?? 0),
      bounds.maxConcurrency,
    ),
    queueLength: atMost(
      'queue.length',
      wish.queue?.length ?? 256,
      bounds.maxQueueLength,
    ),
    queueWaitMs: wish.queue?.waitMs ?? 5_000,
    latencyMs: wish.latencyMs,
    timeoutMs: atMost(
      'timeoutSeconds',
      (wish.timeoutSeconds ?? 60) * 1000,
      bounds.maxTimeoutMs,
      1000,
    ),
    startMs: atMost(
      'startSeconds',
      (wish.startSeconds ?? 120) * 1000,
      bounds.maxStartMs,
      1000,
    ),
    memoryBytes: Math.min(
      atMost(
        'memoryMiB',
        (wish.memoryMiB ?? 0) * MIB,
        bounds.maxMemoryBytes,
        MIB,
      ) || 2048 * MIB,
      bounds.maxMemoryBytes,
    ),
    threads: atMost('threads', wish.threads ?? 1, cores),
    scaleDownAfterMs: bounds.scaleDownAfterMs,
  };
  return { limits, cuts };
}
