import { formatByteSize } from '../governance/byteSize';
import type { FreezeWindow } from '../releases/freezes';
import type { RolloutSettings } from '../serving/rollout';
import type { PolicyDifference } from './diffPolicies';
import { formatExactDuration } from './duration';
import { missingIn } from './jsonLists';
import type { PolicyKey } from './policies';

/** What people call each policy. @public */
export const POLICY_NAMES: Record<PolicyKey, string> = {
  quotas: 'Quotas',
  releases: 'Ways into production',
  canary: 'Canary',
  freezes: 'Freezes',
  signatures: 'Signatures',
  evaluation: 'Evaluation',
  aliases: 'Aliases',
  artifacts: 'Artifacts',
  roles: 'Roles',
};

/** How a number is written. @public */
export type PolicyUnit = 'count' | 'share' | 'percent' | 'duration' | 'bytes';

/** A place of a policy, as people call it. @public */
export interface PolicyPlace {
  label: string;
  /** What it is good for, in one sentence. */
  help?: string;
  /** Where it is a number. */
  unit?: PolicyUnit;
  /** What people call each value, where there are only some. */
  choices?: Readonly<Record<string, string>>;
}

/** By path, as in `PolicyDifference`. @public */
export const POLICY_PLACES: Readonly<Record<string, PolicyPlace>> = {
  'quotas.stagingDeploymentsPerTeam': {
    label: 'Models of one team live in staging',
    help: 'At a time.',
    unit: 'count',
  },
  'quotas.productionReleasesPerTeamPerDay': {
    label: 'Releases of one team to production',
    help: 'Within 24 hours. Rollbacks do not count.',
    unit: 'count',
  },
  'releases.productionStrategy': {
    label: 'Way into production',
    help: 'Unless another one is asked for.',
    choices: {
      canary: 'Canary: a rising share of the requests',
      blueGreen: 'Blue-green: all requests at once, after a check',
      shadow: 'Shadow: copies of the requests, answered for nobody',
    },
  },
  'canary.steps': {
    label: 'Steps',
    help: 'The share of the requests that the new version gets, rising to 100 %, and how long each step lasts at the least.',
  },
  'canary.judge.alpha': {
    label: 'Rate of false alarms',
    help: 'Of all good versions, the share that may be rolled back by mistake.',
    unit: 'share',
  },
  'canary.judge.steps': {
    label: 'Steps that share the false alarms',
    help: 'The number of steps at least.',
    unit: 'count',
  },
  'canary.judge.tolerance': {
    label: 'Tolerated difference',
    help: 'A step passes when a failure rate this much above the live version’s is excluded.',
    unit: 'share',
  },
  'canary.judge.objective.errors': {
    label: 'Highest failure rate',
    help: 'Where there is no live version to compare with.',
    unit: 'share',
  },
  'canary.judge.objective.latency': {
    label: 'Highest share of slow answers',
    help: 'Where there is no live version to compare with.',
    unit: 'share',
  },
  'canary.judge.floor.windowMs': {
    label: 'Collapse: looked at over',
    help: 'A version that plainly fails is taken back without waiting for evidence.',
    unit: 'duration',
  },
  'canary.judge.floor.minRequests': {
    label: 'Collapse: requests at least',
    unit: 'count',
  },
  'canary.judge.floor.canaryBadRate': {
    label: 'Collapse: failures of the new version above',
    unit: 'share',
  },
  'canary.judge.floor.stableBadRate': {
    label: 'Collapse: failures of the live version below',
    unit: 'share',
  },
  'canary.tickMs': {
    label: 'The judge is asked every',
    unit: 'duration',
  },
  'canary.clientCap': {
    label: 'Requests of one client that count',
    help: 'Between two questions to the judge, so that one client does not decide alone.',
    unit: 'count',
  },
  'canary.insufficientEvidence': {
    label: 'With too few requests',
    help: 'When the time of a step is over.',
    choices: {
      extend: 'Wait for more',
      synthetic: 'Replay samples to both versions',
      proceed_flagged: 'Go on, and mark the release',
    },
  },
  'canary.maxStepMs': {
    label: 'Longest step',
    help: 'A step that lasts longer is rolled back.',
    unit: 'duration',
  },
  freezes: { label: 'Freezes' },
  'signatures.requiredForProduction': {
    label: 'Production takes signed versions only',
  },
  'evaluation.requiredFor': {
    label: 'Take versions only that passed their evaluation',
    choices: { staging: 'Staging', production: 'Production' },
  },
  'aliases.evidence': {
    label: 'What an alias needs, on every model',
  },
  'artifacts.maxArtifactBytes': {
    label: 'Largest artifact',
    help: 'For example 2 GiB or 500 MB. Models with an exception may have larger ones.',
    unit: 'bytes',
  },
  'roles.ml-viewer': { label: 'Viewers' },
  'roles.ml-engineer': { label: 'ML engineers' },
  'roles.platform-admin': { label: 'Platform admins' },
  'roles.data-access-auditor': { label: 'Auditors' },
};

/**
 * A difference as people say it, e.g. `Auditors: + group security-team`.
 * @public
 */
export function sayDifference(difference: PolicyDifference): string {
  const { after, before, path } = difference;
  const label = labelOf(path);
  // Steps are one plan; of other lists, what came and what went is of interest.
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    path !== 'canary.steps'
  ) {
    const came = missingIn(before, after).map(item => `+ ${sayItem(item)}`);
    const went = missingIn(after, before).map(item => `− ${sayItem(item)}`);
    if (came.length + went.length) {
      return `${label}: ${[...came, ...went].join(', ')}`;
    }
  }
  return `${label}: ${sayPolicyValue(path, before)} → ${sayPolicyValue(
    path,
    after,
  )}`;
}

/** What stands at a place, as people say it. @public */
export function sayPolicyValue(path: string, value: unknown): string {
  const place = POLICY_PLACES[path];
  if (value === undefined) return 'nothing';
  if (path === 'canary.steps') return saySteps(value as never);
  if (Array.isArray(value)) {
    return (
      value.map(item => place?.choices?.[item] ?? sayItem(item)).join(', ') ||
      'nothing'
    );
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return sayNumber(value, place?.unit);
  if (typeof value === 'string') {
    return place?.choices?.[value]?.split(':')[0] ?? value;
  }
  const entries = Object.entries(value as object);
  return (
    entries.map(([key, inner]) => `${key} ${inner}`).join(', ') || 'nothing'
  );
}

/** E.g. `production, 20 Dec 2026, 00:00 UTC – 2 Jan 2027, 00:00 UTC`. @public */
export function sayFreezeTime({ from, to, weekly }: FreezeWindow): string {
  if (weekly) {
    return `each week, ${capitalised(weekly.from)} – ${capitalised(
      weekly.to,
    )} (${weekly.timeZone ?? 'UTC'})`;
  }
  return `${sayMoment(from)} – ${sayMoment(to)}`;
}

/** `user mei` for `user:default/mei`: the part that people know. @public */
export function sayEntityRef(ref: string): string {
  return ref.replace(':default/', ' ').replace(':', ' ');
}

function labelOf(path: string): string {
  const place = POLICY_PLACES[path];
  if (place) return place.label;
  const alias = /^aliases\.evidence\.(.+)$/.exec(path);
  return alias ? `Alias ${alias[1]} needs` : path;
}

function sayItem(item: unknown): string {
  if (typeof item === 'string') {
    return /^(user|group):/.test(item) ? sayEntityRef(item) : item;
  }
  return sayFreeze(item as FreezeWindow);
}

function sayFreeze(window: FreezeWindow): string {
  const { environments, reason, teams } = window;
  const where = environments?.join(' and ') ?? 'everywhere';
  const whom = teams ? ` for ${teams.map(sayEntityRef).join(', ')}` : '';
  return `“${reason}” (${where}${whom}, ${sayFreezeTime(window)})`;
}

function saySteps(steps: RolloutSettings['steps']): string {
  return steps
    .map(
      ({ holdMs, weight }) => `${weight} % for ${formatExactDuration(holdMs)}`,
    )
    .join(', ');
}

function sayNumber(value: number, unit: PolicyUnit | undefined): string {
  switch (unit) {
    case 'duration':
      return formatExactDuration(value);
    case 'bytes':
      return formatByteSize(value);
    case 'share':
      // 0.07 * 100 is a little more than 7.
      return `${Number((value * 100).toPrecision(12))} %`;
    default:
      return value.toLocaleString('en-US');
  }
}

const moment = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

function sayMoment(iso: string | undefined): string {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? 'at no time' : `${moment.format(time)} UTC`;
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase('en-US') + text.slice(1);
}
