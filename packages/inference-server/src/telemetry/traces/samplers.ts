import type { Sampler } from './TraceContext';

/** Samplers by the names that OpenTelemetry gives them (`OTEL_TRACES_SAMPLER`). */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;

export type SamplerName = (typeof SAMPLERS)[number];

/** Records nothing of its own accord and passes on what the caller decided. */
export const passOn: Sampler = (_, parentSampled) => parentSampled ?? false;

/** Makes a sampler. `ratio` is from 0 to 1 and counts for those that have one. */
export function samplerOf(name: SamplerName, ratio: number): Sampler {
  const own = ownDecision(name, ratio);
  if (!name.startsWith('parentbased_')) return traceId => own(traceId);
  return (traceId, parentSampled) => parentSampled ?? own(traceId);
}

function ownDecision(
  name: SamplerName,
  ratio: number,
): (traceId: string) => boolean {
  if (name.endsWith('always_on')) return () => true;
  if (name.endsWith('always_off')) return () => false;
  // All parts of a system that sample by the same rule keep the same traces.
  const limit = ratio * 2 ** 52;
  return traceId => parseInt(traceId.slice(-13), 16) < limit;
}
