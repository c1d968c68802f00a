import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import { ExitCode, ToolError } from '@ml-platform/packaging';
import type { PredictedRow } from '../endpoint/RowPredictor';
import {
  elementsOf,
  type RowFormat,
  writeExactJson,
} from '@ml-platform/datasets';

/** One column of the output as a table. */
export interface OutputColumn {
  name: string;
  /** The key in a line of JSON, and the place in its list. */
  key: string;
  index?: number;
  /** Absent for columns that are passed on. */
  spec?: TensorSpec;
}

/** Writes rows with their number, the columns that are kept, and the outputs. */
export class RowFormatter {
  readonly columns: readonly OutputColumn[];
  readonly #keys: readonly string[];
  readonly #isCsv: boolean;
  readonly #single: readonly boolean[];

  constructor(
    format: RowFormat,
    keep: readonly string[],
    outputs: readonly TensorSpec[],
    isBatched: boolean,
  ) {
    this.#isCsv = format === 'csv';
    this.#keys = ['row', ...keep, ...outputs.map(({ name }) => name)];
    const twice = this.#keys.find((key, at) => this.#keys.indexOf(key) !== at);
    if (twice !== undefined) {
      throw new ToolError({
        code: 'USAGE',
        exitCode: ExitCode.usage,
        message: `The output would have two columns named '${twice}'`,
        hint: "'row' is the number of the row; rename the column of the input, or do not keep it.",
      });
    }
    const sizes = outputs.map(({ shape }) =>
      elementsOf(isBatched ? shape.slice(1) : shape),
    );
    this.#single = sizes.map(size => size === 1);
    this.columns = [
      ...['row', ...keep].map(name => ({ name, key: name })),
      ...outputs.flatMap((spec, at): OutputColumn[] => {
        const { name } = spec;
        const size = sizes[at];
        if (size === 1 || size === undefined)
          return [{ name, key: name, spec }];
        return Array.from({ length: size }, (_, index) => ({
          ...{ name: `${name}.${index}`, key: name, index, spec },
        }));
      }),
    ];
  }

  get header(): string {
    return this.#isCsv
      ? `${this.columns.map(({ name }) => csvField(name)).join(',')}\n`
      : '';
  }

  line(predicted: Extract<PredictedRow, { outputs: unknown }>): string {
    const { row, outputs } = predicted;
    const values: unknown[] = [
      row.number,
      ...row.kept,
      ...outputs.map((data, at) => (this.#single[at] ? data[0] : data)),
    ];
    if (!this.#isCsv) {
      const members = this.#keys.map(
        (key, at) => `${JSON.stringify(key)}:${writeExactJson(values[at])}`,
      );
      return `{${members.join(',')}}\n`;
    }
    const byKey = new Map(this.#keys.map((key, at) => [key, values[at]]));
    const cells = this.columns.map(({ key, index }) => {
      const value = byKey.get(key);
      return csvField(
        index === undefined ? value : (value as unknown[])[index],
      );
    });
    return `${cells.join(',')}\n`;
  }
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : writeExactJson(value);
  // An empty text is not a missing value.
  return text === '' || /[",\r\n]/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
