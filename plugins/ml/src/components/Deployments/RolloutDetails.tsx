import { Text } from '@backstage/ui';
import type { RolloutStatus } from '@ml-platform/plugin-ml-common';
import { formatAbsolute } from '../../lib/time';
import { texts } from '../../texts';
import { MirrorTable, VerdictTable } from '../shared';
import classes from './Deployments.module.css';

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
      <ol className={classes.transitions}>
        {events.map(event => (
          <li key={`${event.what}${event.at}`}>
            <Text as="p" variant="body-small">
              {event.cause}
            </Text>
            {event.verdict && (
              <VerdictTable
                verdict={event.verdict}
                canary={canary}
                stable={stable}
              />
            )}
            <Text as="p" variant="body-small" color="secondary">
              <time dateTime={event.at}>{formatAbsolute(event.at)}</time>
            </Text>
          </li>
        ))}
      </ol>
    </>
  );
}
