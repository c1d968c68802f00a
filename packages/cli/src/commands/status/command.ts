import type { Command } from 'commander';
import type { Launch } from '../../program';
import { environmentOption, examples } from '../options';

export interface StatusOptions {
  env?: 'staging' | 'production';
  watch?: boolean;
}

export function addStatusCommand(program: Command, launch: Launch): void {
  program
    .command('status')
    .description('Show what is live where, and what is being released')
    .argument('[model]', 'of this model only')
    .addOption(environmentOption('in this environment only'))
    .option('-w, --watch', 'go on showing it until Ctrl-C')
    .addHelpText(
      'after',
      `
With --watch on a terminal the table is redrawn; elsewhere each change is one line.
${examples(
  'ml status',
  'ml status wine-classifier --watch',
  'ml status --json',
)}`,
    )
    .action((model: string | undefined, options: StatusOptions) =>
      launch(async context =>
        (await import('./status')).status(context, model, options),
      ),
    );
}
