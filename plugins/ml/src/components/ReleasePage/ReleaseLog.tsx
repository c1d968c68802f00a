import { Text } from '@backstage/ui';
import type { Release } from '@ml-platform/plugin-ml-common';
import { releaseLog } from '../../lib/releaseLog';
import { formatAbsolute, formatDuration } from '../../lib/time';
import { texts } from '../../texts';
import { Actor, VerdictTable } from '../shared';
import classes from './ReleasePage.module.css';

/** Everything that happened in a release: what, why, by whom, and when. */
export function ReleaseLog(props: { release: Release }) {
  const { release } = props;
  const entries = releaseLog(release);
  if (!entries.length) return <Text as="p">{texts.noData}</Text>;
  return (
    <ol className={classes.log}>
      {entries.map(({ actor, at, cause, tone, verdict, what }, index) => (
        // Two entries may be of the same moment.
        // eslint-disable-next-line react/no-array-index-key
        <li key={`${at}${index}`} data-tone={tone}>
          <Text as="p" weight="bold">
            {what}
          </Text>
          <Text as="p" variant="body-small">
            {cause}
          </Text>
          {verdict && (
            <VerdictTable
              verdict={verdict}
              canary={release.version}
              stable={release.fromVersion ?? ''}
            />
          )}
          <Text as="p" variant="body-small" color="secondary">
            <time dateTime={at} title={formatAbsolute(at)}>
              after{' '}
              {formatDuration(Date.parse(at) - Date.parse(release.createdAt))}
            </time>
            , by <Actor actor={actor} />
          </Text>
        </li>
      ))}
    </ol>
  );
}
