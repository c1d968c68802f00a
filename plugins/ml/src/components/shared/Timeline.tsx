import type { ReactNode } from 'react';
import { Text } from '@backstage/ui';
import { formatAbsolute, formatDuration } from '../../lib/time';
import { Actor } from './Actor';
import classes from './shared.module.css';

/** What happened, one thing below the other. */
export function Timeline(props: { children: ReactNode }) {
  return <ol className={classes.timeline}>{props.children}</ol>;
}

/** One of them: what, why, when and by whom. */
export function TimelineEntry(props: {
  what?: string;
  cause: string;
  tone?: 'good' | 'bad';
  at: string;
  /** When all of it began; the time is told from there. */
  since?: string;
  actor?: string;
  children?: ReactNode;
}) {
  const { actor, at, cause, children, since, tone, what } = props;
  return (
    <li data-tone={tone}>
      {what && (
        <Text as="p" weight="bold">
          {what}
        </Text>
      )}
      <Text as="p" variant="body-small">
        {cause}
      </Text>
      {children}
      <Text as="p" variant="body-small" color="secondary">
        <time dateTime={at} title={formatAbsolute(at)}>
          {since === undefined
            ? formatAbsolute(at)
            : `after ${formatDuration(Date.parse(at) - Date.parse(since))}`}
        </time>
        {actor && (
          <>
            , by <Actor actor={actor} />
          </>
        )}
      </Text>
    </li>
  );
}
