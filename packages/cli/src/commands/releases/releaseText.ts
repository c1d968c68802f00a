import type { Release, RolloutStatus } from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';

/** A release for people. */
export function releaseText(release: Release, output: Output): string {
  const rows: Array<[string, string | undefined]> = [
    [
      'Release',
      `#${release.number} of ${release.model} to ${release.environment}`,
    ],
    ['Id', release.id],
    ['Kind', release.kind],
    [
      'Version',
      release.fromVersion
        ? `${release.version} (before: ${release.fromVersion})`
        : release.version,
    ],
    ['State', release.state],
    ['Strategy', release.strategy],
    ['Canary', release.rollout && canaryText(release.rollout)],
    ['Verdict', release.rollout?.verdict?.reason],
    ['Reason', release.reason],
    ['Error', release.error],
    ['Asked', `${output.time(release.createdAt)} by ${release.requestedBy}`],
    ['Ended', release.finishedAt && output.time(release.finishedAt)],
  ];
  const head = rows
    .filter(([, value]) => value)
    .map(([name, value]) => `${name.padEnd(8)} ${value}`);
  const transitions = release.transitions ?? [];
  return [
    ...head,
    ...(transitions.length
      ? [
          '',
          renderTable(
            ['AT', 'STATE', 'BY', 'CAUSE'],
            transitions.map(({ at, to, actor, cause }) => [
              output.time(at),
              to,
              actor,
              cause,
            ]),
          ),
        ]
      : []),
  ].join('\n');
}

function canaryText({ flagged, state, step, steps, weight }: RolloutStatus) {
  return `${weight} % of the requests, step ${step + 1} of ${
    steps.length
  }, ${state.replace('_', ' ')}${
    flagged ? '; a step was passed without enough evidence' : ''
  }`;
}
