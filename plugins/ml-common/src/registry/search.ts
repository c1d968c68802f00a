import type { VersionState } from './types';

/** @public */
export interface VersionSearchQuery {
  /** Words, all of which the model's name, title, description or tags contain. */
  q?: string;
  /** Entity reference of the owner. */
  owner?: string;
  /** Tags, all of which the version carries. */
  tags?: string[];
  format?: string;
  state?: VersionState;
  alias?: string;
  /** Live in this environment now. */
  liveIn?: string;
  /** Conditions on metrics of the card, e.g. `accuracy>=0.9`. */
  metrics?: string[];
  limit?: number;
  cursor?: string;
}

/** @public */
export interface MetricCondition {
  metric: string;
  operator: '>=' | '>' | '<=' | '<' | '=';
  value: number;
}

/**
 * Parses a condition such as `accuracy>=0.9`; undefined when it is none.
 * @public
 */
export function parseMetricCondition(
  text: string,
): MetricCondition | undefined {
  const match = /^\s*([\w .:@/-]+?)\s*(>=|<=|>|<|=)\s*(\S+)\s*$/.exec(text);
  const value = match ? Number(match[3]) : NaN;
  if (!match || !Number.isFinite(value)) return undefined;
  return {
    metric: match[1],
    operator: match[2] as MetricCondition['operator'],
    value,
  };
}
