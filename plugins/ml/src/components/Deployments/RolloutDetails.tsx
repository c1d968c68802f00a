import { Text } from '@backstage/ui';
import type { RolloutStatus } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { MirrorTable, Timeline, TimelineEntry, VerdictTable } from '../shared';

/** What happened in a canary, with the verdicts that decided. */
export function RolloutDetails(props: { rollout: RolloutStatus }) {
  const { canary, events, flagged, report, slowMs, stable, state } =
    props.rollout;
  return (
    <>
      <Text as="p" weight="bold">
        {texts.canary.outcome[state]}
      </Text>
      {flagged && <Text as="p">{texts.canary.flagged}</Text>}
      {report && <MirrorTable report={report} />}
      {slowMs === undefined && state !== 'reported' && (
        <Text as="p" variant="body-small" color="secondary">
          {texts.canary.noLatency}
        </Text>
      )}
      <Timeline>
        {events.map(({ at, cause, verdict, what }) => (
          <TimelineEntry key={`${what}${at}`} {...{ at, cause }}>
            {verdict && (
              <VerdictTable verdict={verdict} canary={canary} stable={stable} />
            )}
          </TimelineEntry>
        ))}
      </Timeline>
    </>
  );
}
