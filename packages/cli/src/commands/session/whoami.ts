import type { CommandContext } from '../../CommandContext';
import type { WhoamiOptions } from './command';

/** `ml whoami` */
export async function whoami(
  { connect, output }: CommandContext,
  options: WhoamiOptions,
): Promise<void> {
  const { client, connection } = await connect();
  const { groups, identity, roles } = await client.whoami();
  if (options.token) {
    // Asked for above, so that what is printed is known to be good.
    output.write(connection.token);
    return;
  }
  const { credentials, url } = connection;
  await output.object({
    kind: 'Identity',
    name: identity,
    data: { identity, groups, roles, portal: url, credentials },
    text: () =>
      [
        `You          ${identity}`,
        `Groups       ${groups.join(', ') || 'none'}`,
        `Roles        ${roles.join(', ') || 'none'}`,
        `Portal       ${url}`,
        `Credentials  ${credentials}`,
      ].join('\n'),
  });
}
