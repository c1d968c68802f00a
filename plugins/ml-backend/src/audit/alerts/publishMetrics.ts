import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import type { AuditStatus } from '@ml-platform/plugin-ml-common';

/** For whoever scrapes the portal: a head that stands still, or an alert, shows there too. */
export function publishMetrics(options: {
  metrics: MetricsService;
  service: { health(): Promise<AuditStatus> };
}): void {
  const { metrics, service } = options;
  const gauge = (
    name: string,
    description: string,
    value: (status: AuditStatus) => number | undefined,
  ) =>
    metrics
      .createObservableGauge(name, { description })
      .addCallback(async result => {
        const now = value(await service.health());
        if (now !== undefined) result.observe(now);
      });
  gauge(
    'ml.audit.alerts',
    'Open alerts about the audit log',
    status => status.alerts.length,
  );
  gauge('ml.audit.entries', 'Entries in the audit log', ({ size }) => size);
  gauge(
    'ml.audit.broken',
    '1 when the audit log was tampered with',
    ({ health }) => (health === 'broken' ? 1 : 0),
  );
  gauge(
    'ml.audit.checkpoint.age',
    'Seconds since the newest signed checkpoint of the audit log',
    ({ checkpoint }) =>
      checkpoint && (Date.now() - Date.parse(checkpoint.at)) / 1000,
  );
}
