import type { Strategy } from '@ml-platform/plugin-ml-common';
import { Option, type Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseTimeout, requiredEnvironmentOption } from '../options';

/** Options of commands that wait for a release. */
export interface WaitOptions {
  reason?: string;
  wait: boolean;
  /** Draws the course of a canary, on a terminal. */
  watch?: boolean;
  /** Milliseconds; the default depends on how long the release is meant to take. */
  timeout?: number;
}

/** Options of commands that start a release and wait for it. */
export interface ReleaseOptions extends WaitOptions {
  env: 'staging' | 'production';
}

// Named here, so that the command line is read before anything is loaded.
const STRATEGIES: Strategy[] = ['immediate', 'canary', 'blueGreen', 'shadow'];

export interface DeployOptions extends ReleaseOptions {
  strategy?: Strategy;
  /** Whether the release of a version that lacks its evaluation waits until the platform has evaluated it. */
  eval: boolean;
  /** Whether a release that only waits is ended for this one. */
  supersede?: boolean;
}

/** `--strategy`; without it, the platform decides. */
export function strategyOption(): Option {
  return new Option(
    '--strategy <strategy>',
    'canary: a rising share beside the live version, judged all the time; blueGreen: checked, then all at once, and watched while the old one stays warm; shadow: copies of the requests, whose answers are compared and reach nobody; immediate: all requests at once, in production with an approval only (default: what the platform has, usually canary in production and immediate in staging)',
  ).choices(STRATEGIES);
}

/** `--supersede` */
export function supersedeOption(): Option {
  return new Option(
    '--supersede',
    'end a release that only waits there, at its gate or for an approval; one that has begun is never ended',
  );
}

/** Adds the options that `deploy` and `rollback` share. */
export function addReleaseOptions(command: Command): Command {
  return addWaitOptions(command.addOption(requiredEnvironmentOption()));
}

/** Adds the options of all commands that wait for a release. */
export function addWaitOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'why, for the history')
    .option('-w, --watch', 'draw the course of a canary while it goes on')
    .option('--no-wait', 'return as soon as the release has begun')
    .option(
      '--timeout <duration>',
      'wait this long: 90s, 10m, 1h (default: 10m, for other strategies than immediate 4h; 30m more for an evaluation at the gate)',
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
      .addOption(strategyOption())
      .option(
        '--no-eval',
        'end with exit code 6 where a version lacks its evaluation, rather than wait in the gate until the platform has run it',
      )
      .addOption(supersedeOption()),
  )
    .addHelpText(
      'after',
      examples(
        'ml deploy wine-classifier@1.0.0 --env staging',
        'ml deploy wine-classifier@1.0.0 --env production --reason "passed the review"',
        'ml deploy wine-classifier@1.1.0 --env production --strategy blueGreen',
        'ml deploy wine-classifier@1.1.0 --env production --strategy shadow',
        'ml deploy wine-classifier@1.2.0 --env production --supersede',
        'ml deploy wine-classifier@1.0.0 --env staging --no-wait -o name',
      ),
    )
    .action((ref: string, options: DeployOptions) =>
      launch(async context =>
        (await import('./deploy')).deploy(context, ref, options),
      ),
    );
}
