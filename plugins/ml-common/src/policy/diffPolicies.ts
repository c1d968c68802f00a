import { isJsonObject, missingIn, sameJson } from './jsonLists';

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
  if (isJsonObject(before) && isJsonObject(after)) {
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

function toText(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
