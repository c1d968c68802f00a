import { Argument, type Command } from 'commander';
import type { Launch } from '../../program';

export function addCompletionCommands(program: Command, launch: Launch): void {
  program
    .command('completion')
    .description('Print a script that completes commands, models and versions')
    .addArgument(
      new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ source <(ml completion bash)       # in ~/.bashrc
  $ source <(ml completion zsh)        # in ~/.zshrc, after compinit
  $ ml completion fish > ~/.config/fish/completions/ml.fish`,
    )
    .action((shell: string) =>
      launch(async ({ output }) => {
        const { completionScript } = await import('./scripts');
        output.write(completionScript(shell));
      }),
    );
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((words: string[]) =>
      launch(async context => {
        const { complete } = await import('./complete');
        const found = await complete(context, program, words);
        if (found.length) context.output.write(found.join('\n'));
      }),
    );
}
