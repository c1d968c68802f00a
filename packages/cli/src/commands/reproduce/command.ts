import { type Command, InvalidArgumentError } from 'commander';
import type { Launch } from '../../program';
import { collect, examples } from '../options';

export interface ReproduceOptions {
  out?: string;
  check?: boolean;
  repository?: string;
  data?: string[];
  allowUnchecked?: boolean;
}

export function addReproduceCommand(program: Command, launch: Launch): void {
  program
    .command('reproduce')
    .description('Check what a version was made from, and lay it out again')
    .argument(
      '<model@version|alias>',
      'for example wine-classifier@1.0.0 or wine-classifier@champion',
    )
    .option(
      '--out <directory>',
      'where to lay it out; ./<model>-<version> by default',
    )
    .option('--check', 'only check; lay nothing out')
    .option(
      '--repository <path|url>',
      'take the code from this clone or address instead of the one it names',
    )
    .option(
      '--data <name=path>',
      'take a dataset from this file; may be given several times',
      collectData,
    )
    .option(
      '--allow-unchecked',
      'succeed also where something cannot be checked',
    )
    .addHelpText(
      'after',
      `
Checked are the artifact and every file of the package, the commit and the
training program, each data set, the lock file of the environment and the parent
versions: that they still exist, and that their digests are those that the version
was registered with. What cannot be checked is said so, and never counts as right.

Then everything is laid out in a directory: the code at its commit, the data, the
environment, the hyperparameters, and a README with the commands that train
again. Nothing of the package is run.

Exit code 0: everything is there and matches. 9: something differs, is missing, or
could not be checked.
${examples(
  'ml reproduce wine-classifier@1.0.0',
  'ml reproduce wine-classifier@champion --check --json',
  'ml reproduce fraud@2.1.0 --out /tmp/fraud --repository ~/src/fraud',
  'ml reproduce fraud@2.1.0 --data transactions=/mnt/data/2026-01.parquet',
)}`,
    )
    .action((ref: string, options: ReproduceOptions) =>
      launch(async context =>
        (await import('./reproduce')).reproduce(context, ref, options),
      ),
    );
}

function collectData(value: string, before?: string[]): string[] {
  if (!/^[^=]+=./.test(value)) {
    throw new InvalidArgumentError('It must be of the form <name>=<path>.');
  }
  return collect(value, before);
}
