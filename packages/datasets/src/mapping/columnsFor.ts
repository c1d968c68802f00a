import type { TensorSpec } from '@ml-platform/plugin-ml-common';
import { ExitCode, ToolError } from '@ml-platform/packaging';

/**
 * Columns of each input, by its name.
 * @public
 */
export type ColumnMap = ReadonlyMap<string, readonly string[]>;

/**
 * Number of elements that one row has; undefined when callers choose it.
 * @public
 */
export function elementsOf(dimensions: readonly number[]): number | undefined {
  return dimensions.includes(-1)
    ? undefined
    : dimensions.reduce((product, size) => product * size, 1);
}

/** Reads `--columns <input>=<column>,<first>..<last>`. */
export function parseColumns(
  options: readonly string[],
  inputs: readonly TensorSpec[],
  known: readonly string[] | undefined,
): ColumnMap {
  const map = new Map<string, readonly string[]>();
  for (const option of options) {
    const cut = option.indexOf('=');
    const name = option.slice(0, cut);
    if (cut < 1 || !inputs.some(input => input.name === name)) {
      throw usageError(
        `--columns ${option} does not start with an input of the model and '='`,
        `Its inputs: ${inputs.map(input => input.name).join(', ')}`,
      );
    }
    const columns = option
      .slice(cut + 1)
      .split(',')
      .flatMap(column => expand(column, known));
    checkKnown(columns, known, '--columns');
    map.set(name, columns);
  }
  return map;
}

/** All columns from one to another, in the order of the file. */
function expand(column: string, known: readonly string[] | undefined) {
  const [first, last] = column.split('..');
  if (!known || known.includes(column) || last === undefined) return [column];
  const [from, to] = [known.indexOf(first), known.indexOf(last)];
  if (from === -1 || to < from) {
    throw usageError(`The input has no columns ${column}, in this order`);
  }
  return known.slice(from, to + 1);
}

/** Refuses names of columns that the file does not have. */
export function checkKnown(
  columns: readonly string[],
  known: readonly string[] | undefined,
  option: string,
): void {
  const missing = known && columns.filter(name => !known.includes(name));
  if (!missing?.length) return;
  throw usageError(
    `${option} names ${missing
      .map(name => `'${name}'`)
      .join(', ')}, which the input does not have`,
    `Its columns: ${known!.join(', ')}`,
  );
}

/** The columns of an input for which none are named. */
export function defaultColumns(
  input: TensorSpec,
  elements: number | undefined,
  known: readonly string[] | undefined,
  options: { isOnly: boolean; keep: readonly string[]; isText: boolean },
): readonly string[] {
  if (!known || known.includes(input.name)) return [input.name];
  const numbered = Array.from(
    { length: elements ?? 0 },
    (_, index) => `${input.name}.${index}`,
  );
  if (numbered.length && numbered.every(name => known.includes(name))) {
    return numbered;
  }
  const others = known.filter(name => !options.keep.includes(name));
  if (options.isOnly && others.length === elements) return others;
  throw usageError(
    `The input '${input.name}' takes ${
      elements ?? 'any number of'
    } value(s) a row, and it is not clear from which columns`,
    `Name them: --columns ${input.name}=<column>,… or ${
      input.name
    }=<first>..<last>; name columns that are only passed on with --keep. The file has: ${known.join(
      ', ',
    )}`,
  );
}

function usageError(message: string, hint?: string): ToolError {
  return new ToolError({
    code: 'USAGE',
    exitCode: ExitCode.usage,
    message,
    hint,
  });
}
