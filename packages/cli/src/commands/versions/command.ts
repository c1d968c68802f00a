import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseLimit } from '../options';
import { addLifecycleCommands } from './lifecycleCommands';
import { addSearchCommand } from './searchCommand';

/** Where a version is read, an alias does as well. */
const REF = '<model@version|alias>';
const EXAMPLE = 'for example wine-classifier@1.0.0 or wine-classifier@champion';

export interface CompareOptions {
  all?: boolean;
}

export interface BomOptions {
  output?: string;
}

export function addVersionsCommands(program: Command, launch: Launch): void {
  const versions = program
    .command('versions')
    .description('Find, show, compare, publish, deprecate and delete versions');
  versions
    .command('list')
    .description('List the versions of a model, highest first')
    .argument('<model>', 'name of the model')
    .option('--limit <number>', 'at most this many', parseLimit, 50)
    .addHelpText(
      'after',
      examples(
        'ml versions list wine-classifier',
        'ml versions list wine-classifier -o name',
      ),
    )
    .action((model: string, options: { limit: number }) =>
      launch(async context =>
        (await import('./versions')).listVersions(context, model, options),
      ),
    );
  addSearchCommand(versions, launch);
  versions
    .command('show')
    .description('Show a version: state, aliases, interface and digest')
    .argument(REF, EXAMPLE)
    .addHelpText(
      'after',
      examples(
        'ml versions show wine-classifier@1.0.0',
        'ml versions show wine-classifier@champion -o name',
        'ml versions show wine-classifier@1.0.0 --json | jq .data.card',
      ),
    )
    .action((ref: string) =>
      launch(async context =>
        (await import('./versions')).showVersion(context, ref),
      ),
    );
  versions
    .command('compare')
    .description('Show side by side in what versions differ')
    .argument(REF, EXAMPLE)
    .argument('<others...>', 'versions or aliases of the same model')
    .option('--all', 'show also what is the same')
    .addHelpText(
      'after',
      `
Compared are metrics, parameters, interface, card, data, training, files and
size. Of interfaces it says whether callers of the first version could go on.
A version of another model is written in full.
${examples(
  'ml versions compare wine-classifier@1.0.0 1.1.0',
  'ml versions compare wine-classifier@champion 1.1.0 1.2.0 --all',
  'ml versions compare wine-classifier@1.0.0 1.1.0 --json | jq .data.sections',
)}`,
    )
    .action((ref: string, others: string[], options: CompareOptions) =>
      launch(async context =>
        (await import('./compare')).compare(context, [ref, ...others], options),
      ),
    );
  versions
    .command('bom')
    .description('Print the bill of materials of a version, as CycloneDX JSON')
    .argument(REF, EXAMPLE)
    .option('--output <file>', 'write it to this file instead')
    .addHelpText(
      'after',
      `
It names the model with its card, the data, software and code it was made with,
and every file with its digest. It is printed as it is, without an envelope.
${examples(
  'ml versions bom wine-classifier@1.0.0 --output wine-classifier.cdx.json',
  "ml versions bom wine-classifier@champion | jq '.components[].name'",
)}`,
    )
    .action((ref: string, options: BomOptions) =>
      launch(async context =>
        (await import('./bom')).bom(context, ref, options),
      ),
    );
  addLifecycleCommands(versions, launch);
}
