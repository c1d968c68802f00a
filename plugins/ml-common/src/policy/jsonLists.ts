/** Whether two values say the same, in whatever order their keys are. @internal */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length &&
      one.every((item, index) => sameJson(item, other[index]))
    );
  }
  if (isJsonObject(one) && isJsonObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].every(key => sameJson(one[key], other[key]));
  }
  return one === other;
}

/** @internal */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Items of the second list that are not in the first. @internal */
export function missingIn(list: unknown[], other: unknown[]): unknown[] {
  return other.filter(item => !list.some(known => sameJson(known, item)));
}
