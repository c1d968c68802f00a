import { text } from 'node:stream/consumers';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';

/**
 * `ml gitops credential`: Git's credential helper protocol. The token is given
 * for the configured portal alone, whatever Git asks about.
 */
export async function giveCredential(
  { connect, output }: CommandContext,
  operation: string,
): Promise<void> {
  // There is nothing to store or to erase: the token is where it always is.
  if (operation === 'store' || operation === 'erase') return;
  if (operation !== 'get') {
    throw new CliError({
      code: 'USAGE',
      exitCode: ExitCode.usage,
      message: `'${operation}' is none of get, store and erase`,
      hint: 'Git calls this command by itself; see ml gitops credential --help',
    });
  }
  const asked = Object.fromEntries(
    (await text(process.stdin))
      .split('\n')
      .map(line => line.split(/=(.*)/s).slice(0, 2)),
  );
  const { connection } = await connect();
  const portal = new URL(connection.url);
  if (`${asked.protocol}:` !== portal.protocol || asked.host !== portal.host) {
    output.hint(
      `The token is for ${portal.origin} alone, not for ${asked.protocol}://${asked.host}`,
    );
    return;
  }
  output.write(`username=ml\npassword=${connection.token}`);
}
