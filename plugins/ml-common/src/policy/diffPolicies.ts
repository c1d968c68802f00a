/**
 * One place where two sets of policies differ. Lists are compared as a whole.
 * @public
 */
export interface PolicyDifference {
  /** E.g. `quotas.stagingDeploymentsPerTeam`. */
  path: string;
  /** Absent when it was not there. */
  before?: unknown;
  /** Absent when it is not there any more. */
  after?: unknown;
}

/** What is different, in the order of the keys. @public */
export function diffPolicies(
  before: object,
  after: object,
): PolicyDifference[] {
  return differences('', before, after);
}

/** A difference in one line, e.g. `roles.ml-viewer: + group:default/apps-team`. @public */
export function describeDifference({
  after,
  before,
  path,
}: PolicyDifference): string {
  if (Array.isArray(before) && Array.isArray(after)) {
    const listed = [
      ...missingIn(before, after).map(item => `+ ${toText(item)}`),
      ...missingIn(after, before).map(item => `− ${toText(item)}`),
    ];
    if (listed.length) return `${path}: ${listed.join(', ')}`;
  }
  return `${path}: ${toText(before)} → ${toText(after)}`;
}

function differences(
  path: string,
  before: unknown,
  after: unknown,
): PolicyDifference[] {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap(key =>
      differences(path ? `${path}.${key}` : key, before[key], after[key]),
    );
  }
  if (sameJson(before, after)) return [];
  return [
    {
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values say the same, in whatever order their keys are. */
function sameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length &&
      one.every((item, index) => sameJson(item, other[index]))
    );
  }
  if (isObject(one) && isObject(other)) {
    return differences('', one, other).length === 0;
  }
  return one === other;
}

function missingIn(list: unknown[], other: unknown[]): unknown[] {
  return other.filter(item => !list.some(known => sameJson(known, item)));
}

function toText(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
