import type {
  MirrorReport,
  Release,
  RolloutAction,
  RolloutStatus,
  Strategy,
  Verdict,
} from '@ml-platform/plugin-ml-common';

/** What the portal says of canaries. */
export const canaryTexts = {
  strategy: {
    label: 'How it takes over',
    immediate: 'All at once',
    immediateHelp: 'As soon as it is ready, it gets every request.',
    canary: 'Canary',
    canaryHelp:
      'It gets a rising share beside the live version, and is rolled back by itself when it is worse.',
    blueGreen: 'Blue-green',
    blueGreenHelp:
      'It is checked, then gets every request at once and is watched; the live version stays warm to switch back by itself.',
    shadow: 'Shadow',
    shadowHelp:
      'It answers copies of the requests, which reach nobody, and its answers are compared with the live version’s.',
  } satisfies Record<Strategy, string> & Record<string, string>,

  shadow: {
    checking: (version: string) =>
      `${version} answers sample requests before it gets any other.`,
    copying: (percent: number, version: string) =>
      `Copies of ${percent} % of the requests go to ${version}`,
    waiting: 'No copy was answered yet.',
    caption: 'Answers compared',
    columns: ['Output', 'Compared', 'Different', 'Largest difference'],
    found: ({
      agreed,
      compared,
      dropped,
      errors,
      sent,
      skipped,
    }: MirrorReport) =>
      `${sent} copies sent, ${errors} failed; ${agreed} of ${compared} answers were the same. ${dropped} dropped, ${skipped} not comparable.`,
    latency: ({ live, shadow }: NonNullable<MirrorReport['latencyMs']>) =>
      `p99 of ${shadow.p99} ms, the live version ${live.p99} ms`,
    none: 'no number',
  },

  canary: {
    effect: (from: string) =>
      `The canary gets a rising share of the requests; the rest stays on ${from}. A sequential test compares their errors and latency all the time.`,
    effectBad:
      'If it is worse, every request goes back at once, also while this portal is down.',
    title: (share: number, version: string) => `${share} % on ${version}`,
    steps: 'Steps',
    step: (weight: number, state: 'done' | 'now' | 'next') =>
      ({
        done: `${weight} %, passed`,
        now: `${weight} %, now`,
        next: `${weight} %, later`,
      }[state]),
    waiting: 'The first verdict comes with the first requests.',
    paused: 'Paused: the share stays as it is, and nothing is judged.',
    flagged:
      'A step was passed without enough evidence, as the policy of the platform allows.',
    arm: { canary: 'Canary', stable: 'Stable' },
    columns: ['Version', 'Requests', 'Failed', 'Slow'],
    noLatency:
      'Latency is not judged: there were too few requests before to say what is slow.',
    evidence: (verdict: Verdict) => {
      const { e, threshold } = verdict.evidence.errors;
      return `Evidence that it fails more often: ${
        e < 1000 ? e.toPrecision(2) : 'over 1,000'
      } of ${threshold.toLocaleString('en-US')} needed to roll back`;
    },
    events: 'Canary',
    outcome: {
      running: 'Under way',
      paused: 'Paused',
      promoted: 'It took over',
      rolled_back: 'Rolled back by itself',
      aborted: 'Aborted',
      reported: 'Compared and reported',
    } satisfies Record<RolloutStatus['state'], string>,
    actions: {
      pause: 'Pause',
      resume: 'Resume',
      abort: 'Abort',
      promote: 'Promote now',
    } satisfies Record<RolloutAction, string>,
    done: (release: Release) =>
      `The canary of ${release.model} ${release.version} is ${
        release.rollout?.state ?? 'changed'
      }`,
    abortTitle: (version: string) => `Abort the canary of ${version}?`,
    abortWill: (stable: string) => [
      `Every request goes back to ${stable} at once.`,
      'The release ends as aborted; you can begin another one.',
    ],
  },
};
