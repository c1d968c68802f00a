import type { SliceCondition } from '@ml-platform/plugin-ml-common';
import { classKey } from './Classes';

/** Whether a row belongs to a slice; a missing value belongs to none. */
export function matchesSlice(
  { atLeast, below, column, equals, in: list }: SliceCondition,
  values: Record<string, unknown>,
): boolean {
  const value = values[column];
  if (value === null || value === undefined) return false;
  const key = classKey(value);
  const number = Number(value);
  return (
    (equals === undefined || classKey(equals) === key) &&
    (list === undefined || list.some(each => classKey(each) === key)) &&
    (atLeast === undefined || number >= atLeast) &&
    (below === undefined || number < below)
  );
}
