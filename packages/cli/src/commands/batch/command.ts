import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Launch } from '../../program';
import { collect, environmentOption, examples, parseTimeout } from '../options';
import { addBatchJobsCommands } from './jobs/command';

type Format = 'csv' | 'jsonl' | 'parquet';

export interface BatchRunCommandOptions {
  env?: 'staging' | 'production';
  gateway?: string;
  input: string;
  output: string;
  inputFormat?: Format;
  outputFormat?: Format;
  columns: string[];
  keep: string[];
  missing: 'reject' | 'nan';
  maxRejected: string;
  batchSize?: number;
  maxConcurrency: number;
  rate?: number;
  targetLatency: number;
  giveUpAfter: number;
  header: string[];
  restart?: boolean;
  onPlatform?: boolean;
  wait: boolean;
  timeout?: number;
}

/** What only a run on this machine can be told, by the names that commander gives. */
const LOCAL_ONLY: Record<string, string> = {
  gateway: '--gateway',
  batchSize: '--batch-size',
  maxConcurrency: '--max-concurrency',
  rate: '--rate',
  targetLatency: '--target-latency',
  giveUpAfter: '--give-up-after',
  header: '--header',
};
const PLATFORM_ONLY: Record<string, string> = {
  wait: '--no-wait',
  timeout: '--timeout',
};

export function addBatchCommands(program: Command, launch: Launch): void {
  const batch = program.command('batch').description('Predict for whole files');
  batch
    .command('run')
    .description('Predict for each row of a file')
    .argument(
      '<model[@version|alias]>',
      'a model, pinned to a version (1.0.0), API version (1) or alias if wanted',
    )
    .addOption(environmentOption('the environment whose gateway is asked'))
    .option('--gateway <url>', 'a gateway by its address; needs no portal')
    .requiredOption('--input <file>', 'rows: .csv, .jsonl or .parquet')
    .requiredOption('--output <file>', 'answers: .csv, .jsonl or .parquet')
    .addOption(formatOption('--input-format <format>'))
    .addOption(formatOption('--output-format <format>'))
    .option(
      '--columns <input=columns>',
      "columns of one of the model's inputs: features=age,income or features=first..last; repeatable",
      collect,
      [],
    )
    .option(
      '--keep <columns>',
      'columns that are passed on to the output: id,name',
      collectList,
      [],
    )
    .addOption(
      new Option(
        '--missing <how>',
        'reject rows with a missing value, or send it as NaN',
      )
        .choices(['reject', 'nan'])
        .default('reject'),
    )
    .option(
      '--max-rejected <n|%>',
      'rows that may be rejected: 100 or 0.5%',
      '0',
    )
    .option('--batch-size <rows>', 'rows a request at most', parseCount)
    .option(
      '--max-concurrency <n>',
      'requests at a time at most',
      parseCount,
      8,
    )
    .option('--rate <rows>', 'rows a second at most', parseCount)
    .addOption(
      new Option(
        '--target-latency <duration>',
        'how long a request should take; slower ones make the run give way',
      )
        .argParser(parseTimeout)
        .default(100, '100ms'),
    )
    .addOption(
      new Option(
        '--give-up-after <duration>',
        'how long to wait for a server that does not answer',
      )
        .argParser(parseTimeout)
        .default(300_000, '5m'),
    )
    .option(
      '--header <name: value>',
      'header for the gateway; repeatable',
      collect,
      [],
    )
    .option('--restart', 'begin anew, and replace the output')
    .option(
      '--on-platform',
      'upload the input and have the platform predict; it goes on when this command ends',
    )
    .option('--no-wait', 'with --on-platform: return when the job is created')
    .option(
      '--timeout <duration>',
      'with --on-platform: wait this long (default: without end)',
      parseTimeout,
    )
    .addHelpText(
      'after',
      `
Each output row has the number of its row, the columns of --keep, and the
outputs. Rows that are refused are in <output>.rejected.jsonl, with the reason.
A run that was interrupted goes on when the same command is run again. The key
of a gateway that knows its callers is read from ML_CONSUMER_KEY.
${examples(
  'ml batch run wine-classifier --env staging --input wines.csv --output labels.csv',
  'ml batch run churn@2 --env production --input customers.parquet --output churn.parquet --keep customer_id',
  'ml batch run fraud@1.4.0 --env production --input rows.jsonl --output scores.jsonl --rate 500 --max-rejected 0.1%',
  'ml batch run wine-classifier --env production --input wines.csv --output labels.csv --on-platform',
)}`,
    )
    .action(
      (target: string, options: BatchRunCommandOptions, command: Command) =>
        launch(async context => {
          const { refuseOptions } = await import('./refuseOptions');
          const given = (name: string) =>
            command.getOptionValueSource(name) === 'cli';
          if (options.onPlatform) {
            refuseOptions(LOCAL_ONLY, given, 'cannot be used with');
            const { runOnPlatform } = await import('./jobs/runOnPlatform');
            await runOnPlatform(context, target, options);
          } else {
            refuseOptions(PLATFORM_ONLY, given, 'is for');
            await (await import('./run')).batchRun(context, target, options);
          }
        }),
    );
  addBatchJobsCommands(batch, launch);
}

function formatOption(flag: string): Option {
  return new Option(flag, 'instead of what the name of the file says').choices([
    'csv',
    'jsonl',
    'parquet',
  ]);
}

function collectList(value: string, before: string[]): string[] {
  return [...before, ...value.split(',')];
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  }
  return value;
}
