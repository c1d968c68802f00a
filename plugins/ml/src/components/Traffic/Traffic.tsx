import { Flex, Text } from '@backstage/ui';
import type { Environment, TrafficReport } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { RulesTable } from '../Rules';
import { QueryView } from '../states';
import classes from './Traffic.module.css';
import { TrafficChart } from './TrafficChart';

/** What became of requests in the last day, and how long they took. */
export function Traffic(props: { model: string; environment: Environment }) {
  const { environment, model } = props;
  const say = texts.traffic;
  const query = useMlQuery({
    key: `traffic:${environment}:${model}`,
    load: api => api.predictions.getTraffic(model, environment),
    concerns: signal => signal.model === model,
  });
  return (
    <Flex direction="column" gap="2">
      <Text as="h3" weight="bold">
        {say.heading}
      </Text>
      <QueryView query={query}>
        {report =>
          report.total.requests ? (
            <Report report={report} />
          ) : (
            <Text as="p" color="secondary">
              {say.none(environment)}
            </Text>
          )
        }
      </QueryView>
    </Flex>
  );
}

function Report({ report }: { report: TrafficReport }) {
  const say = texts.traffic;
  const { total, versions } = report;
  const { errors, p50Ms, p95Ms, p99Ms, rejected, requests } = total;
  const figures = [
    [say.requests, requests.toLocaleString('en')],
    [say.errors, say.share(errors, requests)],
    [say.rejected, say.share(rejected, requests)],
    [say.p50, say.ms(p50Ms)],
    [say.p95, say.ms(p95Ms)],
    [say.p99, say.ms(p99Ms)],
  ];
  return (
    <Flex direction="column" gap="3">
      <dl className={classes.figures}>
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <TrafficChart report={report} />
      <Text as="p" variant="body-small" color="secondary">
        {say.help}
      </Text>
      {versions.length > 1 && (
        <RulesTable
          label={say.byVersion}
          columns={[say.version, ...figures.map(([label]) => label)]}
          rows={versions.map(each => ({
            key: each.version,
            cells: [
              each.version,
              each.requests.toLocaleString('en'),
              say.share(each.errors, each.requests),
              say.share(each.rejected, each.requests),
              say.ms(each.p50Ms),
              say.ms(each.p95Ms),
              say.ms(each.p99Ms),
            ],
          }))}
        />
      )}
    </Flex>
  );
}
