import { Writable } from 'node:stream';
import { createPortalClient } from '@ml-platform/packaging';
import { CommanderError } from 'commander';
import { toCliError } from '../errors/toCliError';
import { Output, type OutputFormat } from '../output/Output';
import { createProgram } from '../program';

/** A command line, and whom it is typed by. */
export interface Typed {
  id: number;
  args: string[];
  url: string;
  token: string;
}

/** What a command said and how it ended. */
export interface Told {
  id: number;
  code: number;
  stdout: string;
  stderr: string;
}

/** Stands for a stream that is no terminal. */
class Sink {
  text = '';
  readonly stream = new Writable({
    write: (chunk, _encoding, done) => {
      this.text += chunk;
      done();
    },
  }) as unknown as NodeJS.WriteStream;
}

/**
 * The program of `MlServer`: carries out one command line after the other.
 * Words, options and what they do are those of `ml`; only `bin.ts` and
 * `run.ts`, which belong to a process of one command, are left out.
 */
async function carryOut({ args, id, token, url }: Typed): Promise<Told> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  let code = 0;
  const program = createProgram(async ({ format, json }, command) => {
    const output = new Output({
      ...{ stdout: stdout.stream, stderr: stderr.stream, env: {} },
      format: json ? 'json' : (format as OutputFormat | undefined),
      ...{ quiet: false, color: false },
    });
    const connection = {
      url,
      token,
      source: 'the test',
      credentials: 'the test',
    };
    try {
      const status = await command({
        ...{ output, argv: args, env: { HOME: '/nonexistent' } },
        canAsk: false,
        portal: () => Promise.reject(new Error('nobody signs in here')),
        connect: async () => ({
          connection,
          client: createPortalClient(connection),
        }),
        onInterrupt: () => {},
      });
      code = status ?? 0;
    } catch (error) {
      const explained = toCliError(error);
      output.error(explained);
      code = explained.exitCode;
    }
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // What `bin.ts` makes of words that are not understood.
    code = 2;
    stderr.text += error.message;
  }
  return { id, code, stdout: stdout.text, stderr: stderr.text };
}

process.on('message', async (typed: Typed) => {
  process.send!(await carryOut(typed));
});
