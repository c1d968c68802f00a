import type {
  PolicyChanges,
  PolicyValues,
} from '@ml-platform/plugin-ml-common';
import { usageError } from '../parseRef';
import { checkKey } from './checkKey';

type Fields = Record<string, unknown>;

/**
 * New values of policies: the ones that hold, with other values at some places,
 * such as `quotas.stagingDeploymentsPerTeam=8` or `roles.ml-viewer+=user:default/vera`.
 */
export async function setPlaces(
  values: PolicyValues,
  assignments: string[],
): Promise<PolicyChanges> {
  const { parse } = await import('yaml');
  const changes: Fields = {};
  for (const assignment of assignments) {
    const [, place, operator, text] =
      /^([^=]+?)([+-]?=)(.*)$/s.exec(assignment) ?? [];
    if (!place) {
      throw usageError(
        `'${assignment}' says no place and value`,
        'Write for instance quotas.stagingDeploymentsPerTeam=8.',
      );
    }
    const [name, ...path] = place.split('.');
    const key = checkKey(name);
    changes[key] ??= structuredClone(values[key]);
    let value: unknown;
    try {
      value = parse(text);
    } catch (error) {
      throw usageError(`${place}: ${(error as Error).message}`);
    }
    setAt({ fields: changes, path: [key, ...path], place }, operator, value);
  }
  return changes as PolicyChanges;
}

function setAt(
  { fields, path, place }: { fields: Fields; path: string[]; place: string },
  operator: string,
  value: unknown,
): void {
  const last = path[path.length - 1];
  let at: unknown = fields;
  for (const step of path.slice(0, -1)) {
    at = isFields(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  if (!isFields(at)) {
    throw usageError(
      `${place}: there is no such place`,
      'Places are those that ml policy show prints.',
    );
  }
  if (operator === '=') {
    at[last] = value;
    return;
  }
  const list = Object.hasOwn(at, last) ? at[last] : [];
  if (!Array.isArray(list)) {
    throw usageError(`${place}: is no list, so use = rather than ${operator}`);
  }
  const items = Array.isArray(value) ? value : [value];
  const others = list.filter(item => !items.includes(item));
  if (operator === '-=' && others.length === list.length) {
    throw usageError(`${place}: has no ${items.join(', ')}`);
  }
  at[last] = operator === '+=' ? [...others, ...items] : others;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
