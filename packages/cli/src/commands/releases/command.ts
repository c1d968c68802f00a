import type { RolloutAction } from '@ml-platform/plugin-ml-common';
import type { Command } from 'commander';
import type { Launch } from '../../program';
import { environmentOption, examples, parseLimit } from '../options';

export interface ListReleasesOptions {
  env?: 'staging' | 'production';
  limit: number;
}

const STEERING: Record<RolloutAction, string> = {
  pause: 'Hold a canary at the share that it has',
  resume: 'Let a paused canary go on',
  abort: 'Take a canary back: the version before gets every request',
};

export function addReleasesCommands(program: Command, launch: Launch): void {
  const releases = program
    .command('releases')
    .description("List, show and steer a model's releases");
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
  for (const action of Object.keys(STEERING) as RolloutAction[]) {
    releases
      .command(action)
      .description(STEERING[action])
      .argument('<id>', 'id of the release')
      .option('--reason <text>', 'why, for the history')
      .addHelpText(
        'after',
        examples(
          `ml releases ${action} "$(ml releases list wine-classifier --limit 1 -o name)"`,
        ),
      )
      .action((id: string, options: { reason?: string }) =>
        launch(async context =>
          (await import('./releases')).steerRelease(
            context,
            action,
            id,
            options,
          ),
        ),
      );
  }
}
