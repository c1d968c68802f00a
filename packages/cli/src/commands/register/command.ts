import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export function addRegisterCommand(program: Command, launch: Launch): void {
  program
    .command('register')
    .description(
      'Package a model directory, upload it and register its version',
    )
    .argument('<directory>', 'directory with model.yaml in it')
    .option('--draft', 'register it as a draft, which never reaches production')
    .addHelpText(
      'after',
      `
A version is immutable. Registering the same content again changes nothing;
other content needs another version in model.yaml. An upload that was broken
off is continued. A draft can be tried in staging; ml versions publish makes it a
registered version.
${examples(
  'ml register examples/wine-classifier',
  'ml register . --draft',
  'ml register . --json',
)}`,
    )
    .action((directory: string, options: { draft?: boolean }) =>
      launch(async context =>
        (await import('./register')).register(context, directory, options),
      ),
    );
}
