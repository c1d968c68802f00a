import type { Grant } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import { confirm } from '../confirm';
import { parseEntityRef } from '../parseEntityRef';
import { usageError } from '../parseRef';
import type {
  CreateGrantOptions,
  ListGrantsOptions,
  RevokeGrantOptions,
} from './command';

const MOST = 1_000;

/** `ml grants list` */
export async function listGrants(
  { output, connect }: CommandContext,
  options: ListGrantsOptions,
): Promise<void> {
  const { model, state } = options;
  const query = {
    ...{ model, state },
    team: options.team && parseEntityRef('--team', options.team, 'group'),
    subject: options.subject && parseEntityRef('--subject', options.subject),
  };
  const { client } = await connect();
  const items = await collectPages(MOST, page =>
    client.access.listGrants({ ...query, ...page }),
  );
  await output.list({
    kind: 'GrantList',
    items,
    name: ({ id }) => id,
    empty: 'No grants concern you. Next: ml grants create --help',
    columns: [
      { header: 'ID', cell: ({ id }) => id },
      { header: 'TO', cell: ({ subject }) => subject },
      { header: 'FOR', cell: scopeOf },
      { header: 'CAPABILITY', cell: ({ capability }) => capability },
      { header: 'STATE', cell: grant => grant.state },
      { header: 'UNTIL', cell: ({ expiresAt }) => expiresAt.slice(0, 10) },
      { header: 'BY', cell: ({ grantedBy }) => grantedBy },
      { header: 'LAST USED', cell: grant => output.time(grant.lastUsedAt) },
    ],
  });
}

/** `ml grants create` */
export async function createGrant(
  { output, connect }: CommandContext,
  options: CreateGrantOptions,
): Promise<void> {
  const { capability, model, reason, team, to, until } = options;
  if ((model === undefined) === (team === undefined)) {
    throw usageError(
      'Use one of --model and --team',
      'A grant is for one model, or for all models of a team.',
    );
  }
  const { client } = await connect();
  const grant = await client.access.createGrant({
    subject: parseEntityRef('--to', to),
    team: team && parseEntityRef('--team', team, 'group'),
    ...{ model, capability, reason },
    expiresAt: until,
  });
  output.done(
    `${grant.subject} may ${capability} ${scopeOf(
      grant,
    )} until ${grant.expiresAt.slice(0, 10)}`,
  );
  output.hint(`To end it before: ml grants revoke ${grant.id}`);
  await printData({ output }, grant);
}

/** `ml grants revoke` */
export async function revokeGrant(
  context: CommandContext,
  id: string,
  { yes }: RevokeGrantOptions,
): Promise<void> {
  const { output, connect } = context;
  const { client } = await connect();
  const { capability, subject, ...scope } = await client.access.getGrant(id);
  if (!yes) {
    await confirm(
      context,
      `end that ${subject} may ${capability} ${scopeOf(scope)}`,
    );
  }
  const grant = await client.access.revokeGrant(id);
  output.done(`${subject} may not ${capability} ${scopeOf(grant)} any more`);
  await printData({ output }, grant);
}

/** For people, what was said is enough. */
function printData({ output }: Pick<CommandContext, 'output'>, grant: Grant) {
  return output.object({
    kind: 'Grant',
    data: grant,
    name: grant.id,
    text: () => '',
  });
}

function scopeOf({ model, team }: Pick<Grant, 'model' | 'team'>): string {
  return model ?? `all models of ${team}`;
}
