import type { CommandContext } from '../../CommandContext';

/** `ml audit show` */
export async function showAuditEvent(
  { connect, output }: CommandContext,
  id: string,
  { proof }: { proof?: boolean },
): Promise<void> {
  const { client } = await connect();
  if (proof) {
    output.write((await client.audit.proof(id)).trimEnd());
    return;
  }
  const event = await client.audit.get(id);
  const rows: Array<[string, string | undefined]> = [
    ['Event', event.id],
    ['When', event.at],
    ['Who', event.actor],
    ['Action', event.action],
    ['Resource', event.resource],
    ['Outcome', event.outcome],
    ['Details', JSON.stringify(event.details)],
    ['Request', event.requestId],
    ['Position', event.position?.toString() ?? 'not in the tree yet'],
  ];
  await output.object({
    kind: 'AuditEvent',
    name: event.id,
    data: event,
    text: () =>
      rows
        .filter(([, value]) => value)
        .map(([name, value]) => `${name.padEnd(8)} ${value}`)
        .join('\n'),
  });
}
