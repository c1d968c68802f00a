import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseLimit } from '../options';

export interface ListModelsOptions {
  query?: string;
  limit: number;
}

export function addModelsCommands(program: Command, launch: Launch): void {
  const models = program.command('models').description('List and show models');
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
}
