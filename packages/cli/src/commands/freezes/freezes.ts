import {
  ENVIRONMENTS,
  findFreeze,
  type FreezeWindow,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { ExitStatus } from '../../errors/ExitCode';
import { parseEntityRef } from '../parseEntityRef';
import { usageError } from '../parseRef';
import { proposeChange } from '../policy/changePolicy';
import type { ChangeOptions } from '../policy/command';
import type { AddFreezeOptions } from './command';

/** `ml freezes list` */
export async function listFreezes({
  connect,
  output,
}: CommandContext): Promise<void> {
  const { client } = await connect();
  const { freezes } = (await client.policy.get()).values;
  const now = new Date();
  await output.list({
    kind: 'FreezeList',
    items: freezes.map((window, index) => ({
      number: index + 1,
      ...window,
      until: endOf(window, now),
    })),
    name: ({ number }) => String(number),
    empty: 'Nothing is frozen. Next: ml freezes add --help',
    columns: [
      { header: 'NUMBER', cell: ({ number }) => String(number) },
      { header: 'WHEN', cell: whenOf },
      {
        header: 'WHERE',
        cell: ({ environments }) => environments?.join(', ') ?? 'everywhere',
      },
      { header: 'TEAMS', cell: ({ teams }) => teams?.join(', ') ?? 'all' },
      {
        header: 'NOW',
        cell: ({ until }) => (until ? `frozen until ${until}` : 'open'),
      },
      { header: 'REASON', cell: ({ reason }) => reason },
    ],
  });
}

/** `ml freezes add` */
export async function addFreeze(
  context: CommandContext,
  options: AddFreezeOptions,
): Promise<ExitStatus | void> {
  const window = toWindow(options);
  return proposeChange(context, options, async ({ values }) => ({
    freezes: [...values.freezes, window],
  }));
}

/** `ml freezes remove` */
export async function removeFreeze(
  context: CommandContext,
  number: string,
  options: ChangeOptions,
): Promise<ExitStatus | void> {
  return proposeChange(context, options, async ({ values: { freezes } }) => {
    const index = Number(number) - 1;
    if (!(index in freezes)) {
      throw usageError(
        `There is no freeze ${number}`,
        'Their numbers: ml freezes list',
      );
    }
    return { freezes: freezes.toSpliced(index, 1) };
  });
}

function toWindow(options: AddFreezeOptions): FreezeWindow {
  const { env, from, reason, team, timeZone, to, weekly } = options;
  if (
    Boolean(weekly) === Boolean(from || to) ||
    Boolean(from) !== Boolean(to)
  ) {
    throw usageError(
      'Use either --from and --to, or --weekly',
      "For instance --weekly 'fri 16:00..mon 08:00'.",
    );
  }
  if (timeZone && !weekly) {
    throw usageError(
      '--time-zone is for --weekly; --from and --to have theirs',
    );
  }
  const [begins, ends] = weekly?.split('..').map(part => part.trim()) ?? [];
  if (weekly && !ends) {
    throw usageError(
      `--weekly: '${weekly}' has no end`,
      "Write for instance 'fri 16:00..mon 08:00'.",
    );
  }
  return {
    reason,
    ...(env && { environments: [env] }),
    ...(team && {
      teams: team.map(text => parseEntityRef('--team', text, 'group')),
    }),
    ...(weekly
      ? { weekly: { from: begins, to: ends, ...(timeZone && { timeZone }) } }
      : { from: toMoment('--from', from!), to: toMoment('--to', to!) }),
  };
}

function toMoment(option: string, text: string): string {
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString();
  throw usageError(
    `${option}: '${text}' is no moment such as 2026-12-20T08:00Z`,
  );
}

function whenOf({ from, to, weekly }: FreezeWindow): string {
  return weekly
    ? `${weekly.from} to ${weekly.to} ${weekly.timeZone ?? 'UTC'}`
    : `${from} to ${to}`;
}

/** Until when it holds, for anybody whom it stops. */
function endOf(window: FreezeWindow, at: Date): string | undefined {
  const team = window.teams?.[0] ?? 'group:default/any';
  return ENVIRONMENTS.map(environment =>
    findFreeze([window], { environment, team, at }),
  ).find(Boolean)?.until;
}
