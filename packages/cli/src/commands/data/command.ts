import { type Command, Option } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface DataOptions {
  inputFormat?: 'csv' | 'jsonl' | 'parquet';
}

export interface ValidateDataOptions extends DataOptions {
  schema: string;
  reference?: string;
}

export interface InferOptions extends DataOptions {
  output?: string;
}

const format = () =>
  new Option(
    '--input-format <format>',
    'where the name of the file does not tell it',
  ).choices(['csv', 'jsonl', 'parquet']);

export function addDataCommands(program: Command, launch: Launch): void {
  const data = program
    .command('data')
    .description('Check data for training and evaluation');
  data
    .command('validate')
    .description('Check a data file against its schema, and for drift')
    .argument('<file>', 'CSV, JSON Lines or Parquet')
    .requiredOption('--schema <file>', 'what the data must keep (YAML)')
    .option('--reference <file>', 'data to compare the distributions with')
    .addOption(format())
    .addHelpText(
      'after',
      `
Types, ranges, missing and unknown values, categories, uniqueness; with a
reference, how far each column has drifted from it (population stability index,
Kolmogorov-Smirnov). Exit code 6 where something is wrong with the data. No
value is ever printed, for it may be personal.
${examples(
  'ml data validate eval/holdout.csv --schema data.schema.yaml',
  'ml data validate new.parquet --schema data.schema.yaml --reference training.parquet',
)}`,
    )
    .action((file: string, options: ValidateDataOptions) =>
      launch(async context =>
        (await import('./validate')).validate(context, file, options),
      ),
    );
  data
    .command('infer')
    .description('Propose a schema from a data file, for you to correct')
    .argument('<file>', 'CSV, JSON Lines or Parquet')
    .option(
      '--output <file>',
      'where the schema goes (default: standard output)',
    )
    .addOption(format())
    .addHelpText(
      'after',
      examples(
        'ml data infer eval/holdout.csv',
        'ml data infer eval/holdout.csv --output data.schema.yaml',
      ),
    )
    .action((file: string, options: InferOptions) =>
      launch(async context =>
        (await import('./infer')).infer(context, file, options),
      ),
    );
}
