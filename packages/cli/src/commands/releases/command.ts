import type {
  Release,
  ReleaseRule,
  ReleaseState,
  RolloutAction,
} from '@ml-platform/plugin-ml-common';
import { Option, type Command } from 'commander';
import type { Launch } from '../../program';
import {
  environmentOption,
  examples,
  parseLimit,
  parseTimeout,
} from '../options';

export interface ListReleasesOptions {
  env?: 'staging' | 'production';
  kind?: Release['kind'];
  state?: ReleaseState[];
  by?: string;
  limit: number;
}

export interface ExceptOptions {
  rule: ReleaseRule;
  reason: string;
  env?: 'staging' | 'production';
}

// Named here, so that the command line is read before anything is loaded.
const STATES: ReleaseState[] = [
  ...(['gate', 'approval', 'pending', 'loading', 'routing'] as const),
  ...(['progressing', 'succeeded', 'refused', 'failed'] as const),
  ...(['rolled_back', 'aborted', 'shadowed'] as const),
];
const RULES: ReleaseRule[] = [
  'skip-canary',
  'force-promote',
  'freeze',
  'quota',
];

const STEERING: Record<RolloutAction, string> = {
  pause: 'Hold a canary at the share that it has',
  resume: 'Let a paused canary go on',
  abort:
    'Take a canary back: the version before gets every request; or end a release that waits',
  promote:
    'Let a canary take over at once, whatever the evidence: with an approval only',
};

export function addReleasesCommands(program: Command, launch: Launch): void {
  const releases = program
    .command('releases')
    .description("List, show and steer a model's releases");
  releases
    .command('list')
    .description(
      'List the releases of a model, newest first: how each ended, who asked, how long it took',
    )
    .argument('<model>', 'name of the model')
    .addOption(environmentOption('to this environment only'))
    .addOption(
      new Option('--kind <kind>', 'of this kind only').choices([
        'deploy',
        'rollback',
      ]),
    )
    .addOption(
      new Option(
        '--state <state...>',
        'in one of these states only, for example failed rolled_back',
      ).choices(STATES),
    )
    .option('--by <entity>', 'asked for by this user or service only')
    .option('--limit <number>', 'at most this many', parseLimit, 20)
    .addHelpText(
      'after',
      examples(
        'ml releases list wine-classifier --env production',
        'ml releases list wine-classifier --state failed rolled_back refused',
        'ml releases list wine-classifier --kind rollback --by user:default/mei',
      ),
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
  releases
    .command('watch')
    .description('Follow a release that is under way, to its end')
    .argument('<id>', 'id of the release')
    .option(
      '--timeout <duration>',
      'wait this long: 90s, 10m, 1h',
      parseTimeout,
    )
    .addHelpText(
      'after',
      examples(
        'ml releases watch "$(ml releases list wine-classifier --limit 1 -o name)"',
      ),
    )
    .action((id: string, options: { timeout?: number }) =>
      launch(async context =>
        (await import('./releases')).watchRelease(context, id, options),
      ),
    );
  releases
    .command('stats')
    .description('How releases to production went: failures and times, by team')
    .option('--days <number>', 'of so many days', parseLimit, 30)
    .addHelpText(
      'after',
      examples('ml releases stats', 'ml releases stats --days 90 --json'),
    )
    .action((options: { days: number }) =>
      launch(async context =>
        (await import('./stats')).releaseStats(context, options),
      ),
    );
  releases
    .command('except')
    .description(
      'Ask for a second person’s approval to lift a rule for one release',
    )
    .argument(
      '<subject>',
      '<model>@<version>, or the id of a release for force-promote',
    )
    .addOption(
      new Option('--rule <rule>', 'the rule that is to be lifted')
        .choices(RULES)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why, for whoever decides')
    .addOption(environmentOption('where to (default: production)'))
    .addHelpText(
      'after',
      examples(
        'ml releases except wine-classifier@1.1.0 --rule skip-canary --reason "1.0.0 leaks"',
        'ml releases except "$(ml releases list wine-classifier --limit 1 -o name)" --rule force-promote --reason "no traffic at night"',
      ),
    )
    .action((subject: string, options: ExceptOptions) =>
      launch(async context =>
        (await import('./except')).except(context, subject, options),
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
