import type { ModelInterface, TensorSpec } from '@ml-platform/plugin-ml-common';
import type { RowSource, SourceRow } from '../rows/SourceRow';
import {
  checkKnown,
  type ColumnMap,
  defaultColumns,
  elementsOf,
  parseColumns,
} from './columnsFor';
import { encodeElement } from './encodeElement';
import { RowError } from './RowError';

/** @public */
export interface MappingOptions {
  /** `<input>=<column>,<first>..<last>`, or the columns of each input by its name. */
  columns: readonly string[] | ColumnMap;
  keep: readonly string[];
  /** What a missing number with a fraction becomes. */
  missing: 'reject' | 'nan';
}

/**
 * A row as the model takes it: the JSON of each input's elements.
 * @public
 */
export interface EncodedRow {
  number: number;
  position: number;
  kept: unknown[];
  inputs: ReadonlyArray<{ elements: string; shape: readonly number[] }>;
  /** Rows share a request when this is the same. */
  shapes: string;
  size: number;
}

interface InputPlan {
  spec: TensorSpec;
  dimensions: readonly number[];
  elements: number | undefined;
  columns: readonly string[];
}

/**
 * Maps columns to the inputs of a model.
 * @public
 */
export class InputMapping {
  /** Whether rows can be put together into one request. */
  readonly isBatched: boolean;
  readonly #plans: readonly InputPlan[];
  readonly #options: MappingOptions;
  readonly #isText: boolean;

  constructor(
    model: ModelInterface,
    source: Pick<RowSource, 'columns' | 'isText'>,
    options: MappingOptions,
  ) {
    const { columns: known, isText } = source;
    this.#options = options;
    this.#isText = isText;
    this.isBatched = [...model.inputs, ...model.outputs].every(
      ({ shape }) => shape[0] === -1,
    );
    checkKnown(options.keep, known, '--keep');
    const named = toColumnMap(options.columns, model.inputs, known);
    this.#plans = model.inputs.map(spec => {
      const dimensions = this.isBatched ? spec.shape.slice(1) : spec.shape;
      const elements = elementsOf(dimensions);
      const isOnly = model.inputs.length === 1;
      const columns =
        named.get(spec.name) ??
        defaultColumns(spec, elements, known, { isOnly, isText, ...options });
      return { spec, dimensions, elements, columns };
    });
  }

  /** Throws a `RowError` for a row that does not fit. */
  encode(row: SourceRow): EncodedRow {
    if (!row.values) throw new RowError(row.problem);
    const { values } = row;
    const tensors = requestOf(values);
    const inputs = this.#plans.map(plan =>
      tensors
        ? this.#fromTensor(plan, tensors)
        : this.#fromColumns(plan, values),
    );
    return {
      number: row.number,
      position: row.position,
      kept: this.#options.keep.map(name => values[name] ?? null),
      inputs,
      shapes: inputs.map(({ shape }) => shape.join('x')).join(';'),
      size: inputs.reduce((sum, { elements }) => sum + elements.length + 1, 0),
    };
  }

  #fromColumns(plan: InputPlan, values: Record<string, unknown>) {
    const { columns } = plan;
    const found = columns.map(name => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      return { name, value };
    });
    const [{ name, value }] = found;
    return found.length === 1 && Array.isArray(value)
      ? this.#fromArray(plan, name, value)
      : this.#join(plan, found, columns.join(', '));
  }

  #fromArray(plan: InputPlan, name: string, value: unknown[]) {
    const elements = flatten(value);
    return this.#join(
      plan,
      elements.map((element, index) => ({
        name: `${name}[${index}]`,
        value: element,
      })),
      name,
      shapeOf(value),
    );
  }

  #fromTensor(plan: InputPlan, tensors: readonly RequestTensor[]) {
    const { spec } = plan;
    const tensor = tensors.find(item => item?.name === spec.name);
    if (!tensor) throw new RowError(`the input '${spec.name}' is missing`);
    if (tensor.datatype !== undefined && tensor.datatype !== spec.datatype) {
      throw new RowError(
        `the input '${spec.name}' must have the datatype ${spec.datatype}`,
      );
    }
    const { shape, data } = tensor;
    if (!Array.isArray(data)) {
      throw new RowError(`the input '${spec.name}' has no list of data`);
    }
    if (!Array.isArray(shape) || !shape.every(Number.isSafeInteger)) {
      throw new RowError(`the input '${spec.name}' has no shape`);
    }
    if (this.isBatched && shape[0] !== 1) {
      throw new RowError(
        `the input '${spec.name}' must have 1 as its first dimension: a line is one row`,
      );
    }
    const elements = flatten(data).map((value, index) => ({
      name: `${spec.name}[${index}]`,
      value,
    }));
    return this.#join(
      plan,
      elements,
      spec.name,
      this.isBatched ? shape.slice(1) : shape,
    );
  }

  #join(
    { spec, dimensions, elements }: InputPlan,
    found: ReadonlyArray<{ name: string; value: unknown }>,
    source: string,
    given?: readonly number[],
  ) {
    const shape = elements === undefined ? given ?? [found.length] : dimensions;
    const fits =
      shape.length === dimensions.length &&
      shape.every((size, at) => [-1, size].includes(dimensions[at])) &&
      elementsOf(shape) === found.length;
    if (!fits) {
      throw new RowError(
        `${source} must have the shape [${dimensions.join(
          ', ',
        )}] for the input '${spec.name}', and has ${found.length} value(s)`,
      );
    }
    const encoded = found.map(({ name, value }) => {
      try {
        return this.#element(spec, value);
      } catch (error) {
        throw error instanceof RowError
          ? new RowError(`${name} ${error.message} (${spec.datatype})`)
          : error;
      }
    });
    return { elements: encoded.join(','), shape };
  }

  #element({ datatype }: TensorSpec, value: unknown): string {
    if (value !== null && value !== undefined) {
      return encodeElement(datatype, value, this.#isText);
    }
    if (this.#options.missing === 'nan' && datatype.startsWith('FP')) {
      return '"NaN"';
    }
    throw new RowError('is missing');
  }
}

function toColumnMap(
  columns: MappingOptions['columns'],
  inputs: readonly TensorSpec[],
  known: readonly string[] | undefined,
): ColumnMap {
  if (Array.isArray(columns)) return parseColumns(columns, inputs, known);
  const map = columns as ColumnMap;
  for (const names of map.values()) checkKnown(names, known, 'The mapping');
  return map;
}

interface RequestTensor {
  name?: unknown;
  datatype?: unknown;
  shape?: unknown;
  data?: unknown;
}

/** The tensors of a row that is written as a request of the protocol. */
function requestOf({
  inputs,
}: Record<string, unknown>): readonly RequestTensor[] | undefined {
  const isRequest =
    Array.isArray(inputs) &&
    inputs.length > 0 &&
    inputs.every(item => item && typeof item === 'object' && 'data' in item);
  return isRequest ? inputs : undefined;
}

function flatten(values: unknown[]): unknown[] {
  return values.flat(Infinity);
}

/** Sizes of nested lists, by the first of each. */
function shapeOf(values: unknown): number[] {
  return Array.isArray(values) ? [values.length, ...shapeOf(values[0])] : [];
}
