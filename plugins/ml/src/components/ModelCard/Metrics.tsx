import { Box, Text } from '@backstage/ui';
import type { Card } from '@ml-platform/plugin-ml-common';
import classes from './ModelCard.module.css';

type Metric = Card['quantitativeAnalysis']['performanceMetrics'][number];

/** The numbers that the card claims, each with its slice and its interval. */
export function Metrics(props: { metrics: Metric[] }) {
  return (
    <dl className={classes.metrics}>
      {props.metrics.map(metric => (
        <Box
          bg="neutral"
          className={classes.metric}
          key={`${metric.type}/${metric.slice ?? ''}`}
        >
          <dt>
            <Text variant="body-small" color="secondary">
              {metric.type}
              {metric.slice && ` · ${metric.slice}`}
            </Text>
          </dt>
          <dd>
            <Text variant="title-x-small" weight="bold">
              {formatMetric(metric.value)}
            </Text>
            {metric.confidenceInterval && (
              <Text variant="body-small" color="secondary">
                {' '}
                ({formatMetric(metric.confidenceInterval.lowerBound)} to{' '}
                {formatMetric(metric.confidenceInterval.upperBound)})
              </Text>
            )}
          </dd>
        </Box>
      ))}
    </dl>
  );
}

function formatMetric(value: string | number) {
  return typeof value === 'number'
    ? value.toLocaleString('en', { maximumSignificantDigits: 4 })
    : value;
}
