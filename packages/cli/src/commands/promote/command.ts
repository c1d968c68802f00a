import type { Strategy } from '@ml-platform/plugin-ml-common';
import type { Command } from 'commander';
import type { Launch } from '../../program';
import {
  addWaitOptions,
  strategyOption,
  supersedeOption,
  type WaitOptions,
} from '../deploy/command';
import { examples } from '../options';

export interface PromoteOptions extends WaitOptions {
  strategy?: Strategy;
  /** Whether a release that only waits is ended for this one. */
  supersede?: boolean;
}

export function addPromoteCommand(program: Command, launch: Launch): void {
  addWaitOptions(
    program
      .command('promote')
      .description(
        'Take what is live in staging to production: the very same bytes',
      )
      .argument(
        '<model[@version]>',
        'with a version, nothing happens when another one is in staging',
      )
      .addOption(strategyOption())
      .addOption(supersedeOption()),
  )
    .addHelpText(
      'after',
      examples(
        'ml promote wine-classifier',
        'ml promote wine-classifier@1.1.0 --reason "tried for a week"',
        'ml promote wine-classifier --strategy blueGreen',
      ),
    )
    .action((ref: string, options: PromoteOptions) =>
      launch(async context =>
        (await import('./promote')).promote(context, ref, options),
      ),
    );
}
