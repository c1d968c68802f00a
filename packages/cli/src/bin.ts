import { CommanderError } from 'commander';
import { createProgram } from './program';

/** Where a pipe ends early (`ml … | head`), there is nobody left to tell. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

async function main(argv: string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (options, command) => {
    const { run } = await import('./run');
    exitCode = await run(argv, options, command);
  });
  try {
    if (!argv.length) program.help();
    const words = argv[0] === '--version' ? ['-V'] : argv;
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // Help that was asked for implicitly (`ml models`) has been printed.
    if (error.code === 'commander.help') return 2;
    const { reportUsage } = await import('./run');
    return reportUsage(argv, error.message.replace(/^error: /, ''));
  }
}

main(process.argv.slice(2)).then(exitCode => {
  process.exitCode = exitCode;
});
