import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Command } from 'commander';
import type { Launch } from '../../program';
import {
  environmentOption,
  examples,
  parseLimit,
  requiredEnvironmentOption,
} from '../options';

export interface GitopsFilter {
  env?: Environment;
}

export interface GitopsLogOptions extends GitopsFilter {
  limit: number;
}

const MODEL = ['[model]', 'this model only'] as const;

export function addGitopsCommands(program: Command, launch: Launch): void {
  const gitops = program
    .command('gitops')
    .description('What should run, as files in a Git repository');
  gitops
    .command('status')
    .description(
      'Show which deployments are in sync; exit code 10 when one drifted or a file was refused',
    )
    .argument(...MODEL)
    .addOption(environmentOption('in this environment only'))
    .addHelpText(
      'after',
      examples('ml gitops status', 'ml gitops status --env production --json'),
    )
    .action((model: string | undefined, options: GitopsFilter) =>
      launch(async context =>
        (await import('./status')).showGitopsStatus(context, model, options),
      ),
    );
  gitops
    .command('diff')
    .description('Show how what runs differs from what its file says')
    .argument(...MODEL)
    .addOption(environmentOption('in this environment only'))
    .addHelpText('after', examples('ml gitops diff wine-classifier'))
    .action((model: string | undefined, options: GitopsFilter) =>
      launch(async context =>
        (await import('./status')).showGitopsDiff(context, model, options),
      ),
    );
  gitops
    .command('log')
    .description('List the commits of the repository, newest first')
    .argument(...MODEL)
    .addOption(environmentOption('in this environment only'))
    .option('--limit <number>', 'at most this many', parseLimit, 20)
    .addHelpText(
      'after',
      examples('ml gitops log wine-classifier --env production'),
    )
    .action((model: string | undefined, options: GitopsLogOptions) =>
      launch(async context =>
        (await import('./log')).showGitopsLog(context, model, options),
      ),
    );
  gitops
    .command('sync')
    .description('Have the platform look at the repository now')
    .addHelpText('after', examples('ml gitops sync'))
    .action(() =>
      launch(async context => (await import('./status')).syncGitops(context)),
    );
  gitops
    .command('apply')
    .description('Release what the file of a model says, with your own rights')
    .argument('<model>', 'name of the model')
    .addOption(requiredEnvironmentOption())
    .addHelpText(
      'after',
      examples('ml gitops apply wine-classifier --env staging'),
    )
    .action((model: string, { env }: Required<GitopsFilter>) =>
      launch(async context =>
        (await import('./apply')).applyGitops(context, model, env),
      ),
    );
  gitops
    .command('credential')
    .description('Give Git the token, as a credential helper')
    .argument('<operation>', 'get, store or erase; Git says which')
    .addHelpText(
      'after',
      examples(
        "git clone -c credential.helper='!npx ml gitops credential' http://localhost:7007/git/deployments.git",
      ),
    )
    .action((operation: string) =>
      launch(async context =>
        (await import('./credential')).giveCredential(context, operation),
      ),
    );
}
