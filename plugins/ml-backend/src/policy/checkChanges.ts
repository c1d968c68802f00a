import { InputError } from '@backstage/errors';
import {
  POLICY_KEYS,
  type PolicyKey,
  policySchemas,
  type PolicyValues,
} from '@ml-platform/plugin-ml-common';
import type { z } from 'zod';

/** What is asked for, ready to hold. */
export interface CheckedChanges {
  keys: PolicyKey[];
  /** Of these keys. */
  values: Partial<PolicyValues>;
  /** Those among them that are to follow the configuration again. */
  reset: PolicyKey[];
}

/**
 * Reads a change that somebody asks for.
 * @throws InputError that names each key that is wrong, and what is allowed
 */
export function checkChanges(
  changes: Record<string, unknown>,
  options: {
    configured: PolicyValues;
    configuredOnly: readonly PolicyKey[];
  },
): CheckedChanges {
  const { configured, configuredOnly } = options;
  const problems: string[] = [];
  const checked: CheckedChanges = { keys: [], values: {}, reset: [] };
  for (const [name, value] of Object.entries(changes)) {
    const key = POLICY_KEYS.find(known => known === name);
    if (!key) {
      problems.push(
        `${name}: there is no such policy; there are ${POLICY_KEYS.join(', ')}`,
      );
    } else if (configuredOnly.includes(key)) {
      problems.push(
        `${key}: only the configuration decides on it (ml.policy.configuredOnly)`,
      );
    } else {
      const result = policySchemas[key].safeParse(value ?? configured[key]);
      if (result.success) {
        checked.keys.push(key);
        Object.assign(checked.values, { [key]: result.data });
        if (value === null) checked.reset.push(key);
      } else {
        problems.push(
          ...result.error.issues.map(issue =>
            describe(key, issue, configured[key]),
          ),
        );
      }
    }
  }
  if (problems.length) throw new InputError(problems.join('; '));
  if (!checked.keys.length) {
    throw new InputError(
      `changes: names nothing to change; write one of ${POLICY_KEYS.join(
        ', ',
      )} and its new value`,
    );
  }
  return checked;
}

function describe(
  key: PolicyKey,
  issue: z.core.$ZodIssue,
  example: unknown,
): string {
  const where = [key, ...issue.path].join('.');
  const allowed =
    issue.code === 'unrecognized_keys' ? fieldsAt(example, issue.path) : [];
  return `${where}: ${issue.message}${
    allowed.length ? `; it has ${allowed.join(', ')}` : ''
  }`;
}

/** Names of fields at a place of a value that is good. */
function fieldsAt(value: unknown, path: PropertyKey[]): string[] {
  const found = path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    value,
  );
  return typeof found === 'object' && found !== null && !Array.isArray(found)
    ? Object.keys(found)
    : [];
}
