import { FriendlyError } from './FriendlyError.mjs';
import { fail, say } from './terminal.mjs';

/** Runs a script; what it returns, or how it failed, is the exit code. */
export async function main(script) {
  // A closed terminal is no reason to fail: there is still a stop to do.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  try {
    process.exitCode = (await script()) ?? 0;
  } catch (error) {
    if (error instanceof FriendlyError) {
      if (error.details) say(error.details.replace(/^/gm, '    '));
      fail(error.message);
      process.exitCode = error.exitCode;
    } else if (error.code === 'ENOSPC') {
      fail(
        `The disk is full: ${error.message}. Free some space and try again.`,
      );
      process.exitCode = 1;
    } else {
      fail(error.stack);
      process.exitCode = 1;
    }
  }
}
