import { type Command, InvalidArgumentError } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface LineageOptions {
  depth: number;
  downstream?: boolean;
  dataset?: string;
}

export function addLineageCommand(program: Command, launch: Launch): void {
  program
    .command('lineage')
    .description('Show what a version was made from, or what became of it')
    .argument(
      '[model@version|alias]',
      'for example wine-classifier@1.0.0; of a model alone, its latest version',
    )
    .option(
      '--depth <number>',
      'steps from version to version, 0 to 20',
      parseDepth,
      5,
    )
    .option('--downstream', 'what was made from it, and where that is deployed')
    .option(
      '--dataset <digest|uri>',
      'list the versions that were made with a dataset instead',
    )
    .addHelpText(
      'after',
      `
Shown are deployments, data sets with their digests, code, experiment run,
environment, and the same of the versions that it was made from. A version that
is not registered, or that you may not see, is shown as hidden.
${examples(
  'ml lineage wine-classifier@1.1.0',
  'ml lineage wine-classifier --depth 1',
  'ml lineage wine-classifier@1.0.0 --downstream',
  'ml lineage --dataset sha256:10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede',
  'ml lineage wine-classifier@champion --json | jq .data.edges',
)}`,
    )
    .action((ref: string | undefined, options: LineageOptions) =>
      launch(async context =>
        (await import('./lineage')).lineage(context, ref, options),
      ),
    );
}

function parseDepth(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 20) {
    throw new InvalidArgumentError('It must be a number from 0 to 20.');
  }
  return value;
}
