import type { NotificationService } from '@backstage/plugin-notifications-node';
import { ApprovalNotices } from '../approvals/ApprovalNotices';
import type { MlConfig } from '../config';
import { OpenLineageChannel } from '../lineage/openlineage/OpenLineageChannel';
import { NotificationChannel } from '../notifications/NotificationChannel';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryStore } from '../registry/RegistryStore';
import type { DeliveryChannel } from './DeliveryChannel';

/** Who is told of events besides the webhooks, as the configuration has it. */
export function createChannels(options: {
  config: Pick<MlConfig, 'notifications' | 'openLineage'>;
  models: RegistryStore;
  notifications: NotificationService;
  policies: PolicySettings;
}): DeliveryChannel[] {
  const { config, models, notifications, policies } = options;
  const { namespace, target } = config.openLineage;
  return [
    ...(target
      ? [
          new OpenLineageChannel({
            config: target,
            namespace,
            versions: models,
          }),
        ]
      : []),
    ...(config.notifications
      ? [
          new NotificationChannel({ notifications, models }),
          new ApprovalNotices({ notifications, models, policies }),
        ]
      : []),
  ];
}
