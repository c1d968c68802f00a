import type { Command } from 'commander';
import type { Launch } from '../../program';
import { collect, examples, parseLimit } from '../options';

export interface ListModelsOptions {
  query?: string;
  limit: number;
}

export interface CreateModelOptions {
  owner: string;
  description: string;
  title?: string;
  tag?: string[];
}

export function addModelsCommands(program: Command, launch: Launch): void {
  const models = program
    .command('models')
    .description('List, show and create models');
  models
    .command('list')
    .description('List models and what is live where')
    .option(
      '--query <text>',
      'that name, title, description, owner or a tag contains',
    )
    .option('--limit <number>', 'at most this many', parseLimit, 100)
    .addHelpText(
      'after',
      examples(
        'ml models list',
        'ml models list --query wine -o name',
        "ml models list --json | jq '.items[].name'",
      ),
    )
    .action((options: ListModelsOptions) =>
      launch(async context =>
        (await import('./models')).listModels(context, options),
      ),
    );
  models
    .command('show')
    .description('Show a model and its deployments')
    .argument('<model>', 'name of the model')
    .addHelpText('after', examples('ml models show wine-classifier'))
    .action((model: string) =>
      launch(async context =>
        (await import('./models')).showModel(context, model),
      ),
    );
  models
    .command('create')
    .description('Create a model that has no version yet')
    .argument('<model>', 'its name')
    .requiredOption('--owner <group>', 'the team that owns it')
    .requiredOption('--description <text>', 'what it is for')
    .option('--title <text>', 'for people; its name if not given')
    .option('--tag <tag>', 'repeatable', collect)
    .addHelpText(
      'after',
      `
The first version that is registered does it as well. Before that it is of use
for what a version needs already, such as an exception for large artifacts.
${examples(
  'ml models create embeddings --owner group:default/quality-team --description "Embeds product texts"',
)}`,
    )
    .action((model: string, options: CreateModelOptions) =>
      launch(async context =>
        (await import('./createModel')).createModel(context, model, options),
      ),
    );
}
