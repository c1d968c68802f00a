import type { Command } from 'commander';
import type { Launch } from '../../../program';
import { examples, parseTimeout } from '../../options';

const JOB = ['<id>', 'of a job, as the list shows it'] as const;

export interface DownloadOptions {
  output: string;
  rejected?: boolean;
  wait?: boolean;
  timeout?: number;
  force?: boolean;
}

export function addBatchJobsCommands(batch: Command, launch: Launch): void {
  const jobs = batch
    .command('jobs')
    .description('Look at what the platform predicts for whole files');
  jobs
    .command('list')
    .description('Show the newest jobs of a model')
    .argument('<model>', 'name of the model')
    .addHelpText('after', examples('ml batch jobs list wine-classifier'))
    .action((model: string) =>
      launch(async context =>
        (await import('./batchJobs')).listBatchJobs(context, model),
      ),
    );
  jobs
    .command('show')
    .description('Show how far a job is')
    .argument(...JOB)
    .addHelpText(
      'after',
      examples('ml batch jobs show 5d0f3c2e-7b1a-4c0e-9f57-0d8a5b1c2e3f'),
    )
    .action((id: string) =>
      launch(async context =>
        (await import('./batchJobs')).showBatchJob(context, id),
      ),
    );
  jobs
    .command('download')
    .description('Fetch the predictions of a job that you asked for')
    .argument(...JOB)
    .requiredOption('--output <file>', 'where they go')
    .option('--rejected', 'the rows that were rejected, with the reasons')
    .option('--wait', 'until the job has ended')
    .option(
      '--timeout <duration>',
      'with --wait: this long at most (default: without end)',
      parseTimeout,
    )
    .option('--force', 'replace the file where there is one')
    .addHelpText(
      'after',
      examples(
        'ml batch jobs download 5d0f3c2e-7b1a-4c0e-9f57-0d8a5b1c2e3f --output labels.csv --wait',
      ),
    )
    .action((id: string, options: DownloadOptions) =>
      launch(async context =>
        (await import('./batchJobs')).downloadBatchJob(context, id, options),
      ),
    );
  jobs
    .command('cancel')
    .description('End a job that you asked for; its files are deleted')
    .argument(...JOB)
    .addHelpText(
      'after',
      examples('ml batch jobs cancel 5d0f3c2e-7b1a-4c0e-9f57-0d8a5b1c2e3f'),
    )
    .action((id: string) =>
      launch(async context =>
        (await import('./batchJobs')).cancelBatchJob(context, id),
      ),
    );
}
