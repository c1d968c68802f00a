import type { Version } from '@ml-platform/plugin-ml-common';

/** A version in short; the output schema cuts off the rest. */
export function toVersionOutput(version: Version) {
  return {
    ...version,
    metrics: version.card.quantitativeAnalysis.performanceMetrics,
  };
}
