import type { Command } from 'commander';
import type { Launch } from '../../program';
import { addReleaseOptions, type ReleaseOptions } from '../deploy/command';
import { examples } from '../options';

export interface RollbackOptions extends ReleaseOptions {
  to?: string;
  yes?: boolean;
}

export function addRollbackCommand(program: Command, launch: Launch): void {
  addReleaseOptions(
    program
      .command('rollback')
      .description('Go back to the version that served before')
      .argument('<model>', 'name of the model')
      .option('--to <version>', 'go back to this version instead')
      .option('-y, --yes', 'do not ask'),
  )
    .addHelpText(
      'after',
      `
Nothing is built or loaded anew: the version before is kept ready, so this takes
seconds. It is recorded as a release of its own.
${examples(
  'ml rollback wine-classifier --env production',
  'ml rollback wine-classifier --env production --to 1.0.0 --reason "scores drift" --yes',
)}`,
    )
    .action((model: string, options: RollbackOptions) =>
      launch(async context =>
        (await import('./rollback')).rollback(context, model, options),
      ),
    );
}
