import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export function addOpenCommand(program: Command, launch: Launch): void {
  program
    .command('open')
    .description("Print the portal's address, and open it in the browser")
    .argument('[model]', "a model's page instead")
    .addHelpText('after', examples('ml open', 'ml open wine-classifier'))
    .action((model: string | undefined) =>
      launch(async context => (await import('./open')).open(context, model)),
    );
}
