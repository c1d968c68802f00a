import type { ColumnType } from './dataSchema';

/** A value as a column's type has it; undefined where it is none of that type. */
export type TypedValue = number | string | boolean;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MOMENT =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Whether there is no value: nothing, NaN, or an empty field of a CSV file. */
export function isMissing(value: unknown, isText: boolean): boolean {
  return (
    value === null ||
    value === undefined ||
    (typeof value === 'number' && Number.isNaN(value)) ||
    (isText && (value === '' || value === 'NaN'))
  );
}

export function parseValue(
  value: unknown,
  type: ColumnType,
  isText: boolean,
): TypedValue | undefined {
  switch (type) {
    case 'integer': {
      const number = toNumber(value, isText);
      return number !== undefined && Number.isInteger(number)
        ? number
        : undefined;
    }
    case 'number':
      return toNumber(value, isText);
    case 'boolean':
      return toBoolean(value, isText);
    case 'datetime':
      return toMoment(value);
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

function toNumber(value: unknown, isText: boolean): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  return isText && typeof value === 'string' && NUMBER.test(value)
    ? Number(value)
    : undefined;
}

function toBoolean(value: unknown, isText: boolean): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = isText ? String(value).toLowerCase() : undefined;
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function toMoment(value: unknown): string | undefined {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' &&
    MOMENT.test(value) &&
    !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
}
