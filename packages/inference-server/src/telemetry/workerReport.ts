import type { WorkerReport } from './RequestFacts';

/** Headers of a worker's answer that tell of its work and are not for the caller. */
export const TIMING_HEADER = 'server-timing';
export const SHAPES_HEADER = 'x-ml-shapes';

/** Reads what a worker tells of its work; undefined when it tells nothing. */
export function readWorkerReport(
  timing: string | undefined,
  shapes: string | undefined,
): WorkerReport | undefined {
  if (timing === undefined && shapes === undefined) return undefined;
  return {
    stages: timing ? readTiming(timing) : [],
    shapes: shapes ? readShapes(shapes) : undefined,
  };
}

/** `decode;dur=0.1, run;dur=2`, as the Server-Timing standard has it. */
function readTiming(text: string): WorkerReport['stages'] {
  return text.split(',').flatMap(part => {
    const match = /^\s*([\w-]{1,40});dur=(\d+(?:\.\d+)?)\s*$/.exec(part);
    return match ? [{ name: match[1], ms: Number(match[2]) }] : [];
  });
}

function readShapes(text: string): WorkerReport['shapes'] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
