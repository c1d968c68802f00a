import type { ColumnCheck, DataFinding } from './ColumnCheck';
import type { ColumnSchema, DriftThresholds } from './dataSchema';
import {
  kolmogorovSmirnov,
  numericStability,
  populationStability,
} from './drift';

/**
 * How far a column is from its reference.
 * @public
 */
export interface DriftFigures {
  column: string;
  psi: number;
  /** Of numbers. */
  ks?: { distance: number; probability: number };
}

/** Compares a column with the same of the reference; undefined where there is nothing to compare. */
export function checkDrift(
  schema: ColumnSchema,
  options: {
    current: ColumnCheck;
    reference: ColumnCheck;
    general: DriftThresholds;
  },
): { figures: DriftFigures; finding?: DataFinding } | undefined {
  const { current, general, reference } = options;
  if (schema.drift === false) return undefined;
  const thresholds = schema.drift ?? general;
  const figures = figuresOf(schema, reference, current);
  if (!figures) return undefined;
  const { ks, psi } = figures;
  const reasons = [
    ...(psi >= thresholds.psi
      ? [
          `its stability index is ${round(psi)}, below ${
            thresholds.psi
          } is asked for`,
        ]
      : []),
    ...(ks &&
    ks.distance >= thresholds.ks &&
    ks.probability < thresholds.significance
      ? [
          `its Kolmogorov-Smirnov distance is ${round(
            ks.distance,
          )} (p = ${ks.probability.toExponential(1)}), below ${
            thresholds.ks
          } is asked for`,
        ]
      : []),
  ];
  if (!reasons.length) return { figures };
  return {
    figures,
    finding: {
      ...{ check: 'drift', column: schema.name },
      message: `it has drifted from the reference: ${reasons.join('; ')}`,
    },
  };
}

function figuresOf(
  { name, type }: ColumnSchema,
  reference: ColumnCheck,
  current: ColumnCheck,
): DriftFigures | undefined {
  if (type === 'integer' || type === 'number') {
    const [before, now] = [reference.sample.numbers, current.sample.numbers];
    if (!before.length || !now.length) return undefined;
    return {
      ...{ column: name, psi: numericStability(before, now) },
      ks: kolmogorovSmirnov(before, now),
    };
  }
  const [before, now] = [reference.sample.counts, current.sample.counts];
  if (type === 'datetime' || !before?.size || !now?.size) return undefined;
  const keys = [...new Set([...before.keys(), ...now.keys()])];
  return {
    column: name,
    psi: populationStability(
      keys.map(key => before.get(key) ?? 0),
      keys.map(key => now.get(key) ?? 0),
    ),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
