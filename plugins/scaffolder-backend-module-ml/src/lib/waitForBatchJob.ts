import type { BatchJob, MlClient } from '@ml-platform/plugin-ml-common';
import { untilDone } from './untilDone';

/** Follows a batch job until it is over, or the time is up. */
export function waitForBatchJob(options: {
  client: MlClient;
  id: string;
  seconds: number;
  signal?: AbortSignal;
  onChange: (job: BatchJob) => void;
}): Promise<BatchJob> {
  const { client, id, ...rest } = options;
  return untilDone({ ...rest, look: () => client.batchJobs.get(id) });
}
