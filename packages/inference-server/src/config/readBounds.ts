import type { Bounds } from '../serving/Bounds';

const MIB = 1024 * 1024;

/** Environment variable, the bound that it sets, and what it counts in. */
const VARIABLES: [
  name: string,
  bound: keyof Bounds,
  unit: number,
  least: number,
][] = [
  ['ML_MAX_REPLICAS', 'maxReplicas', 1, 1],
  ['ML_MAX_CONCURRENCY', 'maxConcurrency', 1, 1],
  ['ML_MAX_QUEUE', 'maxQueueLength', 1, 0],
  ['ML_MAX_TIMEOUT_SECONDS', 'maxTimeoutMs', 1000, 1],
  ['ML_MAX_START_SECONDS', 'maxStartMs', 1000, 1],
  ['ML_MAX_MEMORY_MIB', 'maxMemoryBytes', MIB, 64],
  ['ML_SCALE_DOWN_SECONDS', 'scaleDownAfterMs', 1000, 1],
];

/** The bounds that environment variables set; complains about what is no number. */
export function readBounds(
  env: NodeJS.ProcessEnv,
  problems: string[],
): Partial<Bounds> {
  const bounds: Partial<Bounds> = {};
  for (const [name, bound, unit, least] of VARIABLES) {
    const text = env[name];
    if (!text) continue;
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) {
      bounds[bound] = Number(text) * unit;
    } else {
      problems.push(
        `${name}: '${text}' is not a whole number from ${least} on`,
      );
    }
  }
  return bounds;
}
