import type {
  BatchJob,
  BatchJobState,
  Environment,
} from '@ml-platform/plugin-ml-common';
import { formatBytes } from './lib/format';

const STATES: Record<BatchJobState, string> = {
  queued: 'Queued',
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** What the portal says of predictions for whole files. */
export const batchTexts = {
  heading: 'Predict for a file',
  help: (environment: Environment) =>
    `Predicts for each row of a CSV, JSON Lines or Parquet file with what ${environment} serves, at a pace that leaves applications their latency. Only you can download what comes of it; input and output are deleted after some days.`,
  file: 'File',
  wrongFile: 'Choose a .csv, .jsonl or .parquet file',
  keep: 'Columns to pass on',
  keepHelp: 'Names with commas between them, such as an id; may be empty',
  maxRejected: 'Rows that may be rejected',
  maxRejectedHelp: 'A number, or a share such as 0.5%',
  start: 'Predict',
  starting: 'The file is on its way.',
  started: (job: BatchJob) => `Batch job ${job.id.slice(0, 8)} was created`,
  jobs: 'Batch jobs',
  none: 'There are no batch jobs of this model.',
  columns: [
    'Job',
    'State',
    'Version',
    'Input',
    'Rows',
    'Rejected',
    'By',
    'Actions',
  ],
  state: (job: BatchJob) => {
    if (job.state !== 'running') return STATES[job.state];
    const share = job.inputBytes ? job.position / job.inputBytes : 0;
    return `Running, ${Math.floor(share * 100)} %`;
  },
  input: (job: BatchJob) => formatBytes(job.inputBytes),
  download: 'Download',
  downloadLabel: (job: BatchJob) =>
    `Download the predictions of job ${job.id.slice(0, 8)}`,
  rejected: 'Rejected rows',
  rejectedLabel: (job: BatchJob) =>
    `Download the rejected rows of job ${job.id.slice(0, 8)}`,
  cancel: 'Cancel',
  cancelLabel: (job: BatchJob) => `Cancel job ${job.id.slice(0, 8)}`,
  cancelled: (job: BatchJob) => `Batch job ${job.id.slice(0, 8)} was cancelled`,
};
