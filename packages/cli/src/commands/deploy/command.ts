import type { Strategy } from '@ml-platform/plugin-ml-common';
import { Option, type Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseTimeout, requiredEnvironmentOption } from '../options';

/** Options of commands that start a release and wait for it. */
export interface ReleaseOptions {
  env: 'staging' | 'production';
  reason?: string;
  wait: boolean;
  /** Milliseconds; the default depends on how long the release is meant to take. */
  timeout?: number;
}

// Named here, so that the command line is read before anything is loaded.
const STRATEGIES: Strategy[] = ['immediate', 'canary', 'blueGreen', 'shadow'];

export interface DeployOptions extends ReleaseOptions {
  strategy: Strategy;
  /** Whether a version that lacks its evaluation is evaluated first. */
  eval: boolean;
}

/** Adds the options that `deploy` and `rollback` share. */
export function addReleaseOptions(command: Command): Command {
  return command
    .addOption(requiredEnvironmentOption())
    .option('--reason <text>', 'why, for the history')
    .option('--no-wait', 'return as soon as the release has begun')
    .option(
      '--timeout <duration>',
      'wait this long: 90s, 10m, 1h (default: 10m, for other strategies than immediate 4h)',
      parseTimeout,
    );
}

export function addDeployCommand(program: Command, launch: Launch): void {
  addReleaseOptions(
    program
      .command('deploy')
      .description(
        'Release a version to an environment and wait until it is live',
      )
      .argument(
        '<model@version|alias>',
        'for example wine-classifier@1.0.0 or wine-classifier@champion',
      )
      .addOption(
        new Option(
          '--strategy <strategy>',
          'immediate: all requests at once; canary: a rising share beside the live version, judged all the time; blueGreen: checked, then all at once, and watched while the old one stays warm; shadow: copies of the requests, whose answers are compared and reach nobody',
        )
          .choices(STRATEGIES)
          .default('immediate' satisfies Strategy),
      )
      .option(
        '--no-eval',
        'do not have the platform evaluate a version that lacks its evaluation',
      ),
  )
    .addHelpText(
      'after',
      examples(
        'ml deploy wine-classifier@1.0.0 --env staging',
        'ml deploy wine-classifier@1.0.0 --env production --reason "passed the review"',
        'ml deploy wine-classifier@1.1.0 --env production --strategy canary',
        'ml deploy wine-classifier@1.1.0 --env production --strategy blueGreen',
        'ml deploy wine-classifier@1.1.0 --env production --strategy shadow',
        'ml deploy wine-classifier@1.0.0 --env staging --no-wait -o name',
      ),
    )
    .action((ref: string, options: DeployOptions) =>
      launch(async context =>
        (await import('./deploy')).deploy(context, ref, options),
      ),
    );
}
