import { setTimeout as sleep } from 'node:timers/promises';
import type { ListedAuditEvent } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import type { SearchAuditOptions } from './command';

const POLL_MS = 1_000;

/** `ml audit search` */
export async function searchAudit(
  { connect, output }: CommandContext,
  { limit, ...filter }: SearchAuditOptions,
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.audit.list({ ...page, ...filter }),
  );
  await output.list({
    kind: 'AuditEventList',
    items,
    name: item => item.id,
    empty: 'No event is like that.',
    columns: [
      { header: 'WHEN', cell: item => output.time(item.at) },
      { header: 'WHO', cell: item => item.actor },
      { header: 'ACTION', cell: item => item.action },
      { header: 'RESOURCE', cell: item => item.resource },
      { header: 'OUTCOME', cell: item => item.outcome },
      { header: 'ID', cell: item => item.id },
    ],
  });
}

/** `ml audit tail` */
export async function tailAudit(
  { connect, output }: CommandContext,
  { limit: _, since, ...filter }: SearchAuditOptions,
): Promise<void> {
  const { client } = await connect();
  const readFrom = (from: string) =>
    collectPages(10_000, page =>
      client.audit.list({ ...page, ...filter, since: from }),
    );
  let seen = new Set<string>();
  let from = since ?? new Date().toISOString();
  for (;;) {
    const items = (await readFrom(from)).reverse();
    for (const item of items) {
      if (!seen.has(item.id))
        output.write(line(item, output.format === 'json'));
    }
    // The next look begins at the time of the last one, which several may have.
    from = items.at(-1)?.at ?? from;
    seen = new Set(items.map(({ id }) => id));
    await sleep(POLL_MS);
  }
}

function line(item: ListedAuditEvent, isJson: boolean): string {
  return isJson
    ? JSON.stringify(item)
    : `${item.at}  ${item.actor}  ${item.action}  ${item.resource}  ${item.outcome}`;
}
