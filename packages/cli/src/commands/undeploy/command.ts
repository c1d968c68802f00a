import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples, requiredEnvironmentOption } from '../options';

export interface UndeployOptions {
  env: 'staging' | 'production';
  yes?: boolean;
}

export function addUndeployCommand(program: Command, launch: Launch): void {
  program
    .command('undeploy')
    .description('Take a model out of staging, to make room for another')
    .argument('<model>', 'name of the model')
    .addOption(requiredEnvironmentOption())
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('ml undeploy wine-classifier --env staging'))
    .action((model: string, options: UndeployOptions) =>
      launch(async context =>
        (await import('./undeploy')).undeploy(context, model, options),
      ),
    );
}
