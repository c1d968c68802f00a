import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Command } from 'commander';
import type { Launch } from '../../program';
import { collect, examples, requiredEnvironmentOption } from '../options';

const MODEL = ['<model>', 'name of the model'] as const;
const ARM = [
  '--arm <name=version:weight>',
  'an arm; given for each of them',
  collect,
] as const;

export interface StartOptions {
  env: Environment;
  arm?: string[];
  stickyHeader?: string;
  force: boolean;
}

export interface StopOptions extends Pick<StartOptions, 'env'> {
  yes?: boolean;
}

export function addExperimentsCommands(program: Command, launch: Launch): void {
  const experiments = program
    .command('experiments')
    .description('Divide callers among versions and count each (A/B)');
  experiments
    .command('list')
    .description('Show the experiments that run, with what they have counted')
    .argument(...MODEL)
    .addHelpText('after', examples('ml experiments list wine-classifier'))
    .action((model: string) =>
      launch(async context =>
        (await import('./experiments')).listExperiments(context, model),
      ),
    );
  experiments
    .command('start')
    .description('Begin an experiment; the versions are loaded where needed')
    .argument(...MODEL)
    .argument('<name>', 'decides, with the caller, who gets which arm')
    .addOption(requiredEnvironmentOption())
    .option(...ARM)
    .option(
      '--sticky-header <header>',
      'request header whose value keeps its arm; without it each request is assigned by itself',
    )
    .option('--no-force', 'refuse callers that choose an arm by x-ml-arm')
    .addHelpText(
      'after',
      examples(
        'ml experiments start wine-classifier price --env production --sticky-header x-user-id --arm control=1.0.0:80 --arm new=1.1.0:20',
      ),
    )
    .action((model: string, name: string, options: StartOptions) =>
      launch(async context =>
        (await import('./experiments')).startExperiment(
          context,
          { model, name },
          options,
        ),
      ),
    );
  experiments
    .command('set')
    .description('Change arms and weights of the experiment that runs')
    .argument(...MODEL)
    .addOption(requiredEnvironmentOption())
    .option(...ARM)
    .addHelpText(
      'after',
      examples(
        'ml experiments set wine-classifier --env production --arm control=1.0.0:50 --arm new=1.1.0:50',
      ),
    )
    .action((model: string, options: Pick<StartOptions, 'env' | 'arm'>) =>
      launch(async context =>
        (await import('./experiments')).changeExperiment(
          context,
          model,
          options,
        ),
      ),
    );
  experiments
    .command('stop')
    .description('End the experiment that runs, and show what it counted')
    .argument(...MODEL)
    .addOption(requiredEnvironmentOption())
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples('ml experiments stop wine-classifier --env production --yes'),
    )
    .action((model: string, options: StopOptions) =>
      launch(async context =>
        (await import('./experiments')).stopExperiment(context, model, options),
      ),
    );
}
