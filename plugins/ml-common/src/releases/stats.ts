import type { Environment, Release } from './types';

/** A distribution of times, in milliseconds. @public */
export interface DurationStats {
  /** How many there were; the others are absent without any. */
  count: number;
  median?: number;
  p90?: number;
}

/**
 * How a team's releases to production went.
 * @public
 */
export interface ReleaseStats {
  team: string;
  /** Deployments that ended, of those that were let begin. */
  deployments: number;
  succeeded: number;
  /** Failed, or taken back by the judge or by a version's health. */
  failed: number;
  aborted: number;
  /** Rollbacks to an earlier version that were asked for and done. */
  rollbacks: number;
  /** Failed, and rolled back later, by all that ended; absent without any. */
  failureRate?: number;
  /** From the registration of a version to its first success in production. */
  cycleTime: DurationStats;
  /** From the request of a deployment to its success. */
  deployTime: DurationStats;
  /** From the request of a rollback to its success. */
  rollbackTime: DurationStats;
}

/** @public */
export interface ReleaseStatsReport {
  environment: Environment;
  /** ISO 8601: releases that ended since. */
  since: string;
  /** Everybody's that the caller may see. */
  total: Omit<ReleaseStats, 'team'>;
  teams: ReleaseStats[];
}

/** What the numbers are made of. @public */
export interface FinishedRelease
  extends Pick<
    Release,
    'model' | 'kind' | 'version' | 'state' | 'createdAt' | 'finishedAt'
  > {
  /** When its version was registered, where this was its first success there. */
  registeredAt?: string;
}

/** Counts releases that ended. Pure, so that the numbers can be checked by hand. @public */
export function releaseStats(
  releases: FinishedRelease[],
): Omit<ReleaseStats, 'team'> {
  const deploys = releases.filter(
    ({ kind, state }) =>
      kind === 'deploy' && state !== 'shadowed' && state !== 'refused',
  );
  const ended = (state: Release['state']) =>
    deploys.filter(release => release.state === state);
  const succeeded = ended('succeeded');
  const failed = ended('failed').length + ended('rolled_back').length;
  const rollbacks = releases.filter(
    ({ kind, state }) => kind === 'rollback' && state === 'succeeded',
  );
  const judged = succeeded.length + failed;
  const lasted = ({ createdAt, finishedAt }: FinishedRelease) =>
    Date.parse(finishedAt!) - Date.parse(createdAt);
  return {
    deployments: deploys.length,
    succeeded: succeeded.length,
    failed,
    aborted: ended('aborted').length,
    rollbacks: rollbacks.length,
    ...(judged && {
      // A success that was rolled back later was none.
      failureRate:
        (failed + Math.min(rollbacks.length, succeeded.length)) / judged,
    }),
    cycleTime: distribution(
      succeeded.flatMap(({ finishedAt, registeredAt }) =>
        registeredAt
          ? [Date.parse(finishedAt!) - Date.parse(registeredAt)]
          : [],
      ),
    ),
    deployTime: distribution(succeeded.map(lasted)),
    rollbackTime: distribution(rollbacks.map(lasted)),
  };
}

function distribution(times: number[]): DurationStats {
  const sorted = [...times].sort((a, b) => a - b);
  if (!sorted.length) return { count: 0 };
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
  return { count: sorted.length, median: at(0.5), p90: at(0.9) };
}
