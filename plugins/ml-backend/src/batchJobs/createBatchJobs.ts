import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { BatchJob } from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import { JobRunner } from '../jobs/JobRunner';
import type { RegistryService } from '../registry/RegistryService';
import { BatchJobExecutor } from './BatchJobExecutor';
import { BatchJobFiles } from './BatchJobFiles';
import { BatchJobService } from './BatchJobService';
import type { BatchJobSettings } from './batchJobSettings';
import { DatabaseBatchJobStore } from './DatabaseBatchJobStore';

/** Puts together what predicts for whole files, and what asks for it. */
export async function createBatchJobs(options: {
  knex: Knex;
  registry: RegistryService;
  authorizer: Authorizer;
  target: Pick<ServingTarget, 'getGatewayUrl'>;
  gatewayKey?: string;
  fetchGateway: typeof fetch;
  audit: AuditLog;
  changes: ChangeNotifier;
  logger: LoggerService;
  scheduler: SchedulerService;
  settings: BatchJobSettings;
}): Promise<{ batchJobs: BatchJobService; batchRunner: JobRunner<BatchJob> }> {
  const { knex, logger, scheduler, settings } = options;
  const store = new DatabaseBatchJobStore({ knex });
  const files = new BatchJobFiles(settings);
  const batchRunner = new JobRunner<BatchJob>({
    ...{ store, logger, what: 'A batch job' },
    executor: new BatchJobExecutor({ ...options, store, files }),
    canDo: id => files.has(id),
  });
  const batchJobs = new BatchJobService({
    ...options,
    ...{ store, files, keepFor: settings.keepFor },
    onCreated: () => batchRunner.wake(),
    onCancelled: id => batchRunner.drop(id),
  });
  await scheduler.scheduleTask({
    id: 'ml-remove-expired-batch-jobs',
    scope: 'local',
    frequency: { hours: 1 },
    timeout: { minutes: 10 },
    initialDelay: { minutes: 5 },
    fn: async () => {
      for (const id of await store.listExpired(new Date())) {
        await files.remove(id);
        await store.remove(id);
      }
    },
  });
  return { batchJobs, batchRunner };
}
