import { findBreakingChanges } from '../interface/compatibility';
import {
  aboutFacts,
  cardFacts,
  dataFacts,
  type Fact,
  fileFacts,
  interfaceFacts,
  metricFacts,
  parameterFacts,
  sizeFacts,
  trainingFacts,
} from './comparedFacts';
import type { Version } from './types';

/** @public */
export type ComparedValue = string | number | boolean | string[];

/**
 * One fact, side by side.
 * @public
 */
export interface ComparisonRow {
  name: string;
  /** One for each version, in their order; undefined where it says nothing. */
  values: Array<ComparedValue | undefined>;
  /** How to show the values, where they are not just text or numbers. */
  kind?: 'bytes' | 'digest';
  differs: boolean;
}

/** @public */
export interface ComparisonSection {
  name:
    | 'about'
    | 'metrics'
    | 'parameters'
    | 'interface'
    | 'card'
    | 'data'
    | 'training'
    | 'files'
    | 'size';
  rows: ComparisonRow[];
}

/** @public */
export interface VersionComparison {
  versions: Array<Pick<Version, 'model' | 'version' | 'digest'>>;
  sections: ComparisonSection[];
}

const SECTIONS: ReadonlyArray<
  [ComparisonSection['name'], (version: Version) => Fact[]]
> = [
  ['about', aboutFacts],
  ['metrics', metricFacts],
  ['parameters', parameterFacts],
  ['interface', interfaceFacts],
  ['card', cardFacts],
  ['data', dataFacts],
  ['training', trainingFacts],
  ['files', fileFacts],
  ['size', sizeFacts],
];

/**
 * Compares versions, of one model or of several: everything that is known of
 * them, side by side. What none of them tells has no row.
 * @public
 */
export function compareVersions(
  versions: readonly Version[],
): VersionComparison {
  return {
    versions: versions.map(({ model, version, digest }) => ({
      model,
      version,
      digest,
    })),
    sections: SECTIONS.map(([name, factsOf]) => {
      const rows = alignFacts(
        versions.map(factsOf),
        // People write Accuracy and accuracy; the search takes them as one, too.
        name === 'metrics' ? text => text.toLowerCase() : text => text,
      );
      if (name === 'interface') rows.push(...breakingRow(versions));
      return { name, rows };
    }).filter(section => section.rows.length > 0),
  };
}

/**
 * The part of a comparison that differs.
 * @public
 */
export function onlyDifferences(
  comparison: VersionComparison,
): VersionComparison {
  return {
    ...comparison,
    sections: comparison.sections
      .map(section => ({
        ...section,
        rows: section.rows.filter(row => row.differs),
      }))
      .filter(section => section.rows.length > 0),
  };
}

/** Rows in the order in which the versions first tell them. */
function alignFacts(
  columns: Fact[][],
  keyOf: (name: string) => string,
): ComparisonRow[] {
  const rows = new Map<string, ComparisonRow>();
  columns.forEach((facts, column) => {
    const told = new Map<string, number>();
    for (const { name: given, value, kind } of facts) {
      if (value === undefined) continue;
      const count = (told.get(keyOf(given)) ?? 0) + 1;
      told.set(keyOf(given), count);
      // What is told twice stays two rows, so that no difference is lost.
      const name = count === 1 ? given : `${given} #${count}`;
      const row = rows.get(keyOf(name)) ?? {
        name,
        values: columns.map(() => undefined),
        ...(kind && { kind }),
        differs: false,
      };
      row.values[column] = value;
      rows.set(keyOf(name), row);
    }
  });
  return [...rows.values()].map(row => ({
    ...row,
    differs: row.values.some(value => !isSame(value, row.values[0])),
  }));
}

function isSame(
  one: ComparedValue | undefined,
  other: ComparedValue | undefined,
): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether callers of the first version could go on with each of the others. */
function breakingRow(versions: readonly Version[]): ComparisonRow[] {
  const [first, ...others] = versions;
  if (!others.length) return [];
  const values = [
    false,
    ...others.map(other => {
      const changes = findBreakingChanges(first.interface, other.interface);
      return changes.length > 0 && changes.map(({ message }) => message);
    }),
  ];
  return [
    {
      name: `breaks callers of ${first.version}`,
      values,
      differs: values.some(value => value !== false),
    },
  ];
}
