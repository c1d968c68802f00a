import { randomUUID } from 'node:crypto';
import type {
  AuthService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { RetentionService } from './RetentionService';

/** Proposes, once a day, what the rules of all models do not keep. */
export async function scheduleRetention(options: {
  retention: RetentionService;
  auth: AuthService;
  logger: LoggerService;
  scheduler: SchedulerService;
}): Promise<void> {
  const { auth, logger, retention, scheduler } = options;
  await scheduler.scheduleTask({
    id: 'ml-propose-retention',
    frequency: { hours: 24 },
    timeout: { minutes: 30 },
    initialDelay: { minutes: 10 },
    fn: async () => {
      const context = {
        credentials: await auth.getOwnServiceCredentials(),
        actor: 'service:ml-platform',
        requestId: randomUUID(),
      };
      for (const rule of await retention.listRules()) {
        try {
          const asked = await retention.proposeScheduled(context, rule);
          if (asked) {
            logger.info(
              `Proposed to delete ${asked.subject.count} versions of ${rule.model} (approval ${asked.id})`,
            );
          }
        } catch (error) {
          // The other models' turn comes all the same; this one's comes again.
          logger.error(
            `Could not propose what the retention rule of ${rule.model} does not keep`,
            error as Error,
          );
        }
      }
    },
  });
}
