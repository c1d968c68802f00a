import type {
  Environment,
  TrafficFigures,
} from '@ml-platform/plugin-ml-common';

type Counts = Pick<TrafficFigures, 'requests' | 'errors' | 'rejected'>;

/** What the portal says of a model's traffic. */
export const trafficTexts = {
  heading: 'The last 24 hours',
  none: (environment: Environment) =>
    `Nobody called it in ${environment} in the last 24 hours.`,
  requests: 'Requests',
  errors: 'Errors (5xx)',
  rejected: 'Rejected (4xx)',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  version: 'Version',
  byVersion: 'Traffic of each version',
  ms: (value: number | undefined) =>
    value === undefined ? 'no data' : `${value} ms`,
  share: (count: number, all: number) =>
    count && all
      ? `${count.toLocaleString('en')} (${Number(
          ((count / all) * 100).toPrecision(2),
        )} %)`
      : '0',
  help: 'Measured at the gateway, from the arrival of a request until its answer was complete. Errors are the platform’s or the model’s; rejected requests are the caller’s to mend.',
  chart: ({ errors, requests }: Counts, most: number, seconds: number) =>
    `${requests} requests in the last 24 hours, ${errors} of them errors; at most ${most} in ${
      seconds / 60
    } minutes`,
  interval: (start: string, { errors, rejected, requests }: Counts) =>
    `${start.slice(
      11,
      16,
    )} UTC: ${requests} requests, ${errors} errors, ${rejected} rejected`,
};
