import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

const MODEL = ['<model>', 'name of the model'] as const;
const ALIAS = ['<alias>', 'name of the alias, for example champion'] as const;

export interface PolicyOptions {
  mover?: string[];
  evidence?: string[];
  clear?: boolean;
  history?: boolean;
}

export function addAliasesCommands(program: Command, launch: Launch): void {
  const aliases = program
    .command('aliases')
    .description('Names that point at a version and can be moved');
  aliases
    .command('list')
    .description('List the aliases of a model, with their policies')
    .argument(...MODEL)
    .addHelpText('after', examples('ml aliases list wine-classifier'))
    .action((model: string) =>
      launch(async context =>
        (await import('./aliases')).listAliases(context, model),
      ),
    );
  aliases
    .command('set')
    .description('Make an alias, or move it to another version')
    .argument(...MODEL)
    .argument(...ALIAS)
    .argument('<version>', 'the version it shall point at')
    .option('--reason <text>', 'why, for the history')
    .addHelpText(
      'after',
      `
Moving an alias deploys nothing. Where its policy asks for something that the
version lacks, the command ends with exit code 6.
${examples(
  'ml aliases set wine-classifier champion 1.1.0 --reason "better on cultivar 2"',
)}`,
    )
    .action(
      (
        model: string,
        alias: string,
        version: string,
        options: { reason?: string },
      ) =>
        launch(async context =>
          (await import('./changeAliases')).setAlias(context, {
            ...{ model, alias, version },
            reason: options.reason,
          }),
        ),
    );
  aliases
    .command('remove')
    .description('Remove an alias; its history is kept')
    .argument(...MODEL)
    .argument(...ALIAS)
    .addHelpText('after', examples('ml aliases remove wine-classifier old'))
    .action((model: string, alias: string) =>
      launch(async context =>
        (await import('./changeAliases')).removeAlias(context, model, alias),
      ),
    );
  aliases
    .command('history')
    .description('Show every move of an alias, newest first')
    .argument(...MODEL)
    .argument(...ALIAS)
    .addHelpText(
      'after',
      examples('ml aliases history wine-classifier champion'),
    )
    .action((model: string, alias: string) =>
      launch(async context =>
        (await import('./aliases')).showHistory(context, model, alias),
      ),
    );
  aliases
    .command('policy')
    .description('Show or set who may move an alias, and to what')
    .argument(...MODEL)
    .argument(...ALIAS)
    .option(
      '--mover <entities...>',
      'users and groups that may move it, user:default/mia',
    )
    .option(
      '--evidence <facts...>',
      'what a version needs for it; `ml aliases evidence` lists them',
    )
    .option('--clear', 'ask for nothing any more')
    .option('--history', 'show every change of it, newest first')
    .addHelpText(
      'after',
      `
Without options the policy is shown. What is set replaces the policy before;
without --mover everybody may move it who may manage versions of the model.
${examples(
  'ml aliases policy wine-classifier champion --mover group:default/quality-team --evidence live-in-staging',
  "ml aliases policy wine-classifier champion --evidence staging-hours:24 'metric:accuracy>=0.9'",
  'ml aliases policy wine-classifier champion --clear',
  'ml aliases policy wine-classifier champion --history',
)}`,
    )
    .action((model: string, alias: string, options: PolicyOptions) =>
      launch(async context =>
        (await import('./policy')).policy(context, { model, alias, options }),
      ),
    );
  aliases
    .command('evidence')
    .description('List what the policy of an alias may ask for')
    .addHelpText('after', examples('ml aliases evidence'))
    .action(() =>
      launch(async context =>
        (await import('./evidence')).listEvidence(context),
      ),
    );
  aliases
    .command('check')
    .description('Tell whether a version has what the policy asks for')
    .argument(...MODEL)
    .argument(...ALIAS)
    .argument('<version>', 'the version it might point at')
    .addHelpText(
      'after',
      `
Ends with exit code 6 when something is missing; moves nothing.
${examples('ml aliases check wine-classifier champion 1.1.0')}`,
    )
    .action((model: string, alias: string, version: string) =>
      launch(async context =>
        (await import('./evidence')).checkEvidence(context, {
          ...{ model, alias, version },
        }),
      ),
    );
}
