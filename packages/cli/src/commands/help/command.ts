import { CommanderError, type Command } from 'commander';

const TOPIC = 'exit-codes';

export function addHelpCommand(program: Command): void {
  program
    .command('help')
    .description('Show help on a command, or the topic exit-codes')
    .argument('[command...]', `a command, or ${TOPIC}`)
    .addHelpText(
      'after',
      '\nExamples:\n  $ ml help deploy\n  $ ml help exit-codes',
    )
    .action(async (words: string[]) => {
      if (words[0] === TOPIC) {
        const { exitCodes } = await import('./exitCodes');
        process.stdout.write(`${exitCodes()}\n`);
        return;
      }
      let command = program;
      for (const word of words) {
        const next = command.commands.find(item => item.name() === word);
        if (!next) {
          throw new CommanderError(
            1,
            'ml.unknownCommand',
            `there is no command '${words.join(' ')}'`,
          );
        }
        command = next;
      }
      command.outputHelp();
    });
}
