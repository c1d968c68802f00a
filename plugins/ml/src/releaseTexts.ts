import {
  type ActiveFreeze,
  type Deployment,
  type Environment,
  type QuotaUse,
  type Release,
  type ReleaseOutlook,
  type RolloutEvent,
  waitsFor,
} from '@ml-platform/plugin-ml-common';
import { count as counted, formatBytes } from './lib/format';

const frozen = (environment: Environment, { reason, until }: ActiveFreeze) =>
  `Nothing is deployed to ${environment} until ${new Date(until).toLocaleString(
    'en-GB',
  )}: ${reason}. A rollback may go on.`;
const quota = (team: string, { limit, used }: QuotaUse) =>
  `${team} began ${used} of ${limit} deployments to production within 24 hours. Wait, or ask a platform admin for an exception.`;

/** What the portal says of releases, of the rules for them, and of promoting. */
export const releaseTexts = {
  rulesOfReleases: {
    immediate:
      'It passes over the canary, so a platform admin asks for it and a second person approves it first.',
    frozen,
    quota,
  },

  /** What serves a deployment, as far as the data plane says it. */
  serving: ({
    memoryBytes,
    problem,
    replicas,
  }: Pick<Deployment, 'memoryBytes' | 'problem' | 'replicas'>) =>
    [
      replicas &&
        `${replicas.ready} of ${counted(replicas.wanted, 'replica')} ready`,
      memoryBytes !== undefined && formatBytes(memoryBytes),
      problem,
    ]
      .filter(Boolean)
      .join(' · '),

  waiting: {
    why: (release: Release) =>
      `It waits for ${waitsFor(release)} and goes on by itself ${
        release.state === 'gate' ? 'when it passed' : 'then'
      }. Until then nothing changes for callers. Nobody else needs to wait for it: abort it, or deploy another version in its place.`,
    supersedes: ({ number, requestedBy, version }: Release) =>
      `Release #${number} of ${version}, which ${requestedBy} asked for, only waits: it ends for this one.`,
    toApprovals: 'Open the approvals',
    abortTitle: ({ number, version }: Release) =>
      `Abort release #${number} of ${version}?`,
    abortWill: [
      'It ends before it began: what is served does not change.',
      'The release ends as aborted; you can begin another one.',
    ],
  },

  promote: {
    label: 'Promote to production',
    title: (model: string, version: string) =>
      `Promote ${model} ${version} to production`,
    submit: (version: string) => `Promote ${version}`,
    will: (version: string, outlook: ReleaseOutlook | undefined) => {
      const same = `The very same bytes of ${version} that run in staging go to production.`;
      if (!outlook) return [same];
      const { environment, first, freeze, strategy, team } = outlook;
      return [
        same,
        first
          ? 'Nothing is live there yet: it must answer its sample requests, and then gets every request.'
          : {
              canary:
                'It takes over step by step beside the live version, and goes back by itself when it is worse.',
              blueGreen:
                'It is checked, gets every request at once, and goes back by itself when it misses its objective.',
              shadow:
                'It answers copies of the requests, which reach nobody, and is compared.',
              immediate: 'It gets every request at once.',
            }[strategy],
        ...(freeze ? [frozen(environment, freeze)] : []),
        ...(outlook.quota.used >= outlook.quota.limit
          ? [quota(team, outlook.quota)]
          : []),
      ];
    },
  },

  releasePage: {
    title: (model: string, version: string, environment: Environment) =>
      `${model} ${version} to ${environment}`,
    toModel: (model: string) => `All of ${model}`,
    open: 'Open the release',
    promotedFrom: 'The release to staging that it comes from',
    course: 'How it goes',
    verdict: 'Verdict',
    log: 'Everything that happened',
    replayed: (count: number) =>
      `There was too little traffic, so ${count} sample requests of the package were replayed. The verdict rests on them as well.`,
    share: (set: number, actual: number | undefined) =>
      `Set to ${set} % of the requests; ${
        actual === undefined
          ? 'no request came in the newest interval'
          : `it got ${Number(actual.toPrecision(3))} % in the newest interval`
      }.`,
    charts: {
      weight: 'Share of the requests',
      errors: 'Failed requests',
      latency: '99th percentile of the latency',
      traffic: 'Requests',
      evidence: {
        errors: 'Evidence that it fails more (E)',
        latency: 'Evidence that it is slower (E)',
      },
    },
    events: {
      check: 'Check',
      mirror: 'Copies',
      step: 'Step',
      paused: 'Paused',
      resumed: 'Resumed',
      replayed: 'Samples replayed',
      promoted: 'Took over',
      rolled_back: 'Rolled back',
      aborted: 'Aborted',
      reported: 'Reported',
    } satisfies Record<RolloutEvent['what'], string>,
  },

  board: {
    title: 'Releases',
    promote: 'Promote',
    nothingStaged:
      'Nothing is live in staging, so there is nothing to promote.',
    empty: 'Nothing is deployed yet',
    emptyHelp:
      'Deploy a version to staging: on a model’s page, or by `ml deploy <model>@<version> --env staging`.',
    underWay: ({ number, rollout, state, version }: Release) =>
      `#${number}: ${version}, ${
        rollout && !rollout.phase
          ? `${rollout.weight} % of the requests`
          : state
      }`,
    figures: {
      title: (days: number) => `Production, the last ${days} days`,
      deployments: 'Deployments',
      outcomes: ({
        aborted,
        failed,
        succeeded,
      }: {
        aborted: number;
        failed: number;
        succeeded: number;
      }) => `${succeeded} succeeded, ${failed} failed, ${aborted} aborted`,
      failureRate: 'Failure rate',
      failureRateOf: (count: number) =>
        `failed or rolled back, of ${count} that ended`,
      cycleTime: 'Cycle time',
      deployTime: 'Time to deploy',
      rollbackTime: 'Time to roll back',
      none: 'none in this time',
      spread: (p90: string, count: number) =>
        `median of ${count}; 9 of 10 within ${p90}`,
    },
  },
};
