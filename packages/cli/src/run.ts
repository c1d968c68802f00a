import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { createPortalClient } from '@ml-platform/packaging';
import type { CommandContext, GlobalOptions } from './CommandContext';
import { findConnection, findPortal } from './connection/findConnection';
import { CliError } from './errors/CliError';
import { ExitCode, type ExitStatus } from './errors/ExitCode';
import { toCliError } from './errors/toCliError';
import { FORMATS, Output, type OutputFormat } from './output/Output';

/** Carries a command out; explains failures and gives the exit code. */
export async function run(
  argv: readonly string[],
  options: GlobalOptions,
  command: (context: CommandContext) => Promise<ExitStatus | void>,
): Promise<ExitStatus> {
  const { env } = process;
  const output = createOutput(options, argv);
  const wanted = {
    url: options.url,
    env,
    cwd: process.cwd(),
    repository: ownRepository(),
  };
  let interruptMessage = () => 'Interrupted.';
  process.once('SIGINT', () => {
    // Shows the cursor again in case something was drawn.
    if (process.stderr.isTTY) process.stderr.write('\u001b[?25h\n');
    process.stderr.write(`${interruptMessage()}\n`);
    process.exit(ExitCode.interrupted);
  });
  try {
    checkFormat(options);
    const status = await command({
      output,
      env,
      argv,
      canAsk:
        options.input &&
        !env.CI &&
        Boolean(process.stdin.isTTY && process.stderr.isTTY),
      portal: () => findPortal(wanted),
      async connect() {
        const connection = await findConnection(wanted);
        return { connection, client: createPortalClient(connection) };
      },
      onInterrupt(message) {
        interruptMessage = message;
      },
    });
    return status ?? ExitCode.ok;
  } catch (error) {
    const explained = toCliError(error);
    output.error(explained);
    if (options.debug) {
      process.stderr.write(`${(error as Error).stack}\n`);
      if (explained.cause instanceof Error && explained.cause !== error) {
        process.stderr.write(`Caused by: ${explained.cause.stack}\n`);
      }
    }
    return explained.exitCode;
  }
}

/** Reports a command line that cannot be understood. */
export function reportUsage(
  argv: readonly string[],
  message: string,
): ExitStatus {
  // The options were not parsed, so what is wanted is read from the words themselves.
  createOutput(
    { json: argv.includes('--json'), input: true, color: true },
    argv,
  ).error(
    new CliError({
      code: 'USAGE',
      exitCode: ExitCode.usage,
      message,
      hint: 'See `ml --help`, or `--help` after a command.',
    }),
  );
  return ExitCode.usage;
}

function createOutput(options: GlobalOptions, argv: readonly string[]) {
  const { stdout, stderr, env } = process;
  const format = options.json ? 'json' : (options.format as OutputFormat);
  return new Output({
    ...{ stdout, stderr, env },
    format: FORMATS.includes(format) ? format : undefined,
    quiet: options.quiet ?? false,
    color: options.color && !argv.includes('--no-color'),
  });
}

function checkFormat({ json, format }: GlobalOptions) {
  if (json && format && format !== 'json') {
    throw new CliError({
      code: 'USAGE',
      exitCode: ExitCode.usage,
      message: `--json and --format ${format} contradict each other`,
    });
  }
}

/** The clone this file was built in, so that `npx ml` finds its platform from anywhere. */
function ownRepository(): string | undefined {
  // The bundle stays in the clone that it was built in.
  // eslint-disable-next-line no-restricted-syntax
  const root = join(__dirname, '..', '..', '..');
  return existsSync(join(root, 'backstage.json')) ? root : undefined;
}
