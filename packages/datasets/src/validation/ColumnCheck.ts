import { createHash } from 'node:crypto';
import { ToolError } from '@ml-platform/packaging';
import type { ColumnSchema } from './dataSchema';
import { ColumnSample } from './ColumnSample';
import { isMissing, parseValue, type TypedValue } from './parseValue';

/** Values that are told apart to see whether one occurs twice. */
const MAX_DISTINCT = 2_000_000;
/** Rows that are named for each thing that is wrong. */
const NAMED_ROWS = 5;

/** @public */
export interface DataFinding {
  check:
    | 'rows'
    | 'row'
    | 'columns'
    | 'type'
    | 'missing'
    | 'range'
    | 'allowed'
    | 'unique'
    | 'length'
    | 'drift';
  /** Name of the column, and its place from 1 on. */
  column?: string;
  position?: number;
  /** The first rows of it, from 1 on; a header is no row. */
  rows?: number[];
  /** How many rows it is about. */
  count?: number;
  /** One sentence; never repeats a value, which may be personal data. */
  message: string;
}

type Check = DataFinding['check'];

/** Checks the values of one column as they come. */
export class ColumnCheck {
  readonly sample = new ColumnSample();
  readonly #schema: ColumnSchema;
  readonly #position: number | undefined;
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #seen = new Set<string>();
  readonly #found = new Map<Check, { count: number; rows: number[] }>();
  #rows = 0;
  #missing = 0;

  constructor(schema: ColumnSchema, position: number | undefined) {
    this.#schema = schema;
    this.#position = position;
    this.#allowed =
      schema.allowed && new Set(schema.allowed.map(value => String(value)));
  }

  add(value: unknown, row: number, isText: boolean): void {
    this.#rows += 1;
    if (isMissing(value, isText)) {
      this.#missing += 1;
      this.#note('missing', row);
      return;
    }
    const typed = parseValue(value, this.#schema.type, isText);
    if (typed === undefined) {
      this.#note('type', row);
      return;
    }
    this.sample.add(typed);
    this.#checkValue(typed, row);
  }

  #checkValue(value: TypedValue, row: number): void {
    const { max = Infinity, maxLength, min = -Infinity, unique } = this.#schema;
    if (typeof value === 'number' && !(value >= min && value <= max)) {
      this.#note('range', row);
    }
    if (this.#allowed && !this.#allowed.has(String(value))) {
      this.#note('allowed', row);
    }
    if (maxLength !== undefined && String(value).length > maxLength) {
      this.#note('length', row);
    }
    if (unique) this.#checkUnique(String(value), row);
  }

  #checkUnique(value: string, row: number): void {
    const key =
      value.length <= 16
        ? value
        : createHash('sha256').update(value).digest('base64').slice(0, 22);
    if (this.#seen.has(key)) {
      this.#note('unique', row);
      return;
    }
    if (this.#seen.size === MAX_DISTINCT) {
      throw new ToolError({
        code: 'TOO_MANY_VALUES',
        message: `The column '${
          this.#schema.name
        }' has more than ${MAX_DISTINCT} different values, too many to see whether one occurs twice; take 'unique' out of the schema, or check a part of the file`,
      });
    }
    this.#seen.add(key);
  }

  #note(check: Check, row: number): void {
    const found = this.#found.get(check) ?? { count: 0, rows: [] };
    found.count += 1;
    if (found.rows.length < NAMED_ROWS) found.rows.push(row);
    this.#found.set(check, found);
  }

  /** What is wrong, when all rows are in. */
  finish(): DataFinding[] {
    const { maxMissing, name } = this.#schema;
    return [...this.#found].flatMap(([check, { count, rows }]) => {
      if (check === 'missing' && this.#missing <= maxMissing * this.#rows) {
        return [];
      }
      return [
        {
          ...{ check, column: name, position: this.#position, rows, count },
          message: this.#messageOf(check, count),
        },
      ];
    });
  }

  #messageOf(check: Check, count: number): string {
    const { max, maxLength, maxMissing, min, type } = this.#schema;
    const of = `${count} of ${this.#rows} values`;
    switch (check) {
      case 'missing':
        return `${of} are missing, at most ${Math.floor(
          maxMissing * this.#rows,
        )} may be`;
      case 'type':
        return `${of} are not of the type ${type}`;
      case 'range':
        return `${of} are not ${[
          ...(min === undefined ? [] : [`at least ${min}`]),
          ...(max === undefined ? [] : [`at most ${max}`]),
        ].join(' and ')}`;
      case 'allowed':
        return `${of} are none of the ${this.#allowed!.size} that are allowed`;
      case 'length':
        return `${of} are longer than ${maxLength} characters`;
      default:
        return `${of} occur more than once`;
    }
  }
}
