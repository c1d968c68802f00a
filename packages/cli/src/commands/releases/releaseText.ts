import type { Release } from '@ml-platform/plugin-ml-common';
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
