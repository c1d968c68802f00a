import {
  POLICY_PLACES,
  type PolicyKey,
  type PolicyPlace,
  policySchemas,
  type PolicyUnit,
} from '@ml-platform/plugin-ml-common';

/** One place of a policy's value that has a field of its own. */
export interface PlaceOfPolicy extends PolicyPlace {
  /** E.g. `canary.judge.alpha`. */
  path: string;
  /** Keys from the policy's value down; empty for the value itself. */
  keys: string[];
}

/** What is wrong, by the place below the policy's value: `steps.0.weight`. */
export type PolicyProblems = Readonly<Record<string, string>>;

/** The places of a policy's value, in the order in which they are shown. */
export function placesOf(name: PolicyKey, value: unknown): PlaceOfPolicy[] {
  return Object.entries(POLICY_PLACES)
    .filter(([path]) => path === name || path.startsWith(`${name}.`))
    .map(([path, place]) => ({
      ...place,
      path,
      keys: path.split('.').slice(1),
    }))
    .filter(({ keys }) => valueAt(value, keys) !== undefined);
}

/** What stands at a place. */
export function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    value,
  );
}

/** A copy of a value with another one at a place. */
export function withValueAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  changed: unknown,
): unknown {
  if (key === undefined) return changed;
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: withValueAt(fields[key], rest, changed) };
}

/**
 * The false alarms are shared among as many steps as a canary has, at the
 * least: that number follows when a step is added.
 */
export function followSteps(
  { path }: Pick<PlaceOfPolicy, 'path'>,
  value: unknown,
): unknown {
  if (path !== 'canary.steps') return value;
  const keys = ['judge', 'steps'];
  const steps = (valueAt(value, ['steps']) as unknown[]).length;
  const shared = valueAt(value, keys);
  return typeof shared === 'number' && shared < steps
    ? withValueAt(value, keys, steps)
    : value;
}

/** What the backend would refuse, said before it is asked. */
export function findProblems(name: PolicyKey, value: unknown): PolicyProblems {
  const result = policySchemas[name].safeParse(value, {
    error: issue => sayIssue(issue, unitAt(name, issue.path)),
  });
  const problems: Record<string, string> = {};
  for (const { message, path } of result.error?.issues ?? []) {
    problems[path.join('.')] ??= asSentence(message);
  }
  return problems;
}

/** The first problem at a place or below it. */
export function problemAt(
  problems: PolicyProblems,
  ...keys: Array<string | number>
): string | undefined {
  const place = keys.join('.');
  return (
    problems[place] ??
    Object.entries(problems).find(([path]) => path.startsWith(`${place}.`))?.[1]
  );
}

function unitAt(
  name: PolicyKey,
  path: readonly PropertyKey[] = [],
): PolicyUnit | undefined {
  if (path.at(-1) === 'holdMs') return 'duration';
  if (path.at(-1) === 'weight') return 'percent';
  return POLICY_PLACES[[name, ...path].join('.')]?.unit;
}

const MISSING: Record<PolicyUnit, string> = {
  count: 'Enter a whole number, as 5.',
  share: 'Enter a share, as 5 %.',
  percent: 'Enter a share, as 5 %.',
  duration: 'Enter a time with its unit, as 30 s, 10 min or 1 h 30 min.',
  bytes: 'Enter a size, as 2 GiB or 500 MB.',
};

/** What the schema library says in its own words, for people. */
function sayIssue(
  issue: {
    code: string;
    format?: unknown;
    minimum?: unknown;
    maximum?: unknown;
    inclusive?: unknown;
    origin?: unknown;
  },
  unit: PolicyUnit | undefined,
): string | undefined {
  const { code, inclusive, maximum, minimum, origin } = issue;
  if (code === 'invalid_type') return unit ? MISSING[unit] : 'Fill this in.';
  if (code === 'invalid_format' && issue.format === 'datetime') {
    return 'Choose a day and a time.';
  }
  if (origin === 'string' && code === 'too_small') return 'Fill this in.';
  if (origin === 'array' && code === 'too_small') {
    return `At least ${String(minimum)} is needed.`;
  }
  if (code !== 'too_small' && code !== 'too_big') return undefined;
  const limit = Number(code === 'too_small' ? minimum : maximum);
  const text =
    unit === 'share' || unit === 'percent'
      ? `${unit === 'share' ? limit * 100 : limit} %`
      : limit.toLocaleString('en-US');
  const words =
    code === 'too_small'
      ? { inclusive: 'at least', exclusive: 'more than' }
      : { inclusive: 'at most', exclusive: 'less than' };
  return `must be ${inclusive ? words.inclusive : words.exclusive} ${text}`;
}

function asSentence(message: string): string {
  const text = message.charAt(0).toLocaleUpperCase('en-US') + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
