import { Text } from '@backstage/ui';
import type { Release } from '@ml-platform/plugin-ml-common';
import { releaseLog } from '../../lib/releaseLog';
import { texts } from '../../texts';
import { Timeline, TimelineEntry, VerdictTable } from '../shared';

/** Everything that happened in a release: what, why, by whom, and when. */
export function ReleaseLog(props: { release: Release }) {
  const { release } = props;
  const entries = releaseLog(release);
  if (!entries.length) return <Text as="p">{texts.noData}</Text>;
  return (
    <Timeline>
      {entries.map(({ verdict, ...entry }, index) => (
        <TimelineEntry
          // Two entries may be of the same moment.
          key={`${entry.at}${index}`}
          {...entry}
          since={release.createdAt}
        >
          {verdict && (
            <VerdictTable
              verdict={verdict}
              canary={release.version}
              stable={release.fromVersion ?? ''}
            />
          )}
        </TimelineEntry>
      ))}
    </Timeline>
  );
}
