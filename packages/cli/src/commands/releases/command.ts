import type { Command } from 'commander';
import type { Launch } from '../../program';
import { environmentOption, examples, parseLimit } from '../options';

export interface ListReleasesOptions {
  env?: 'staging' | 'production';
  limit: number;
}

export function addReleasesCommands(program: Command, launch: Launch): void {
  const releases = program
    .command('releases')
    .description("List and show a model's releases");
  releases
    .command('list')
    .description('List the releases of a model, newest first')
    .argument('<model>', 'name of the model')
    .addOption(environmentOption('to this environment only'))
    .option('--limit <number>', 'at most this many', parseLimit, 20)
    .addHelpText(
      'after',
      examples('ml releases list wine-classifier --env production'),
    )
    .action((model: string, options: ListReleasesOptions) =>
      launch(async context =>
        (await import('./releases')).listReleases(context, model, options),
      ),
    );
  releases
    .command('show')
    .description('Show a release and each of its transitions')
    .argument('<id>', 'id of the release')
    .addHelpText(
      'after',
      examples(
        'ml releases show "$(ml releases list wine-classifier --limit 1 -o name)"',
      ),
    )
    .action((id: string) =>
      launch(async context =>
        (await import('./releases')).showRelease(context, id),
      ),
    );
}
