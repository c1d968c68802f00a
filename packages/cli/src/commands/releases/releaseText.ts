import {
  type MirrorReport,
  type Release,
  type RolloutStatus,
  waitsFor,
} from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';

/** A release for people. */
export function releaseText(release: Release, output: Output): string {
  const awaited = waitsFor(release);
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
    ['Gate', release.evaluation && `evaluation ${release.evaluation}`],
    ['Waits', awaited && `for ${awaited}`],
    ['Rollout', release.rollout && rolloutText(release.rollout)],
    ['Copies', release.rollout?.report && reportText(release.rollout.report)],
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

function reportText({ outputs, ...counts }: MirrorReport) {
  const { agreed, compared, dropped, errors, sent, skipped } = counts;
  const lines = [
    `${sent} answered, ${errors} failed, ${agreed} of ${compared} the same; ${dropped} dropped, ${skipped} not comparable`,
    ...Object.entries(outputs).map(
      ([name, { differing, elements, maxDifference }]) =>
        `${name}: ${differing} of ${elements} differ${
          maxDifference === undefined
            ? ''
            : `, by ${Number(maxDifference.toPrecision(3))} at most`
        }`,
    ),
  ];
  return lines.join(`\n${' '.repeat(9)}`);
}

function rolloutText(rollout: RolloutStatus) {
  const { flagged, phase, state, step, steps, weight } = rollout;
  if (phase) return `${phase}, ${state.replace('_', ' ')}`;
  return `${weight} % of the requests, step ${step + 1} of ${
    steps.length
  }, ${state.replace('_', ' ')}${
    flagged ? '; a step was passed without enough evidence' : ''
  }`;
}
