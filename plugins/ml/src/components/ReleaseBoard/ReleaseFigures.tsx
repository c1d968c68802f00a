import { Text } from '@backstage/ui';
import type { DurationStats } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { formatDuration } from '../../lib/time';
import { texts } from '../../texts';
import { LoadingState, QueryView } from '../states';
import classes from './ReleaseBoard.module.css';

const DAYS = 30;

/** How releases to production went in the last weeks, of all teams that one sees. */
export function ReleaseFigures() {
  const query = useMlQuery({
    key: 'release-stats',
    load: api => api.getReleaseStats({ days: DAYS }),
  });
  const say = texts.board.figures;
  return (
    <section aria-label={say.title(DAYS)}>
      <Text as="h2" variant="body-medium" weight="bold">
        {say.title(DAYS)}
      </Text>
      <QueryView query={query} loading={<LoadingState lines={2} />}>
        {({ total }) => (
          <dl className={classes.figures}>
            <Figure
              name={say.deployments}
              value={String(total.deployments)}
              detail={say.outcomes(total)}
            />
            <Figure
              name={say.failureRate}
              value={
                total.failureRate === undefined
                  ? texts.noData
                  : `${(total.failureRate * 100).toFixed(0)} %`
              }
              detail={say.failureRateOf(total.succeeded + total.failed)}
            />
            <Duration name={say.cycleTime} stats={total.cycleTime} />
            <Duration name={say.deployTime} stats={total.deployTime} />
            <Duration name={say.rollbackTime} stats={total.rollbackTime} />
          </dl>
        )}
      </QueryView>
    </section>
  );
}

function Duration(props: { name: string; stats: DurationStats }) {
  const { count, median, p90 } = props.stats;
  return (
    <Figure
      name={props.name}
      value={median === undefined ? texts.noData : formatDuration(median)}
      detail={
        p90 === undefined
          ? texts.board.figures.none
          : texts.board.figures.spread(formatDuration(p90), count)
      }
    />
  );
}

function Figure(props: { name: string; value: string; detail: string }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        {props.value}
        <span>{props.detail}</span>
      </dd>
    </div>
  );
}
