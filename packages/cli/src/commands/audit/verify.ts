import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';

/** `ml audit status` */
export async function auditStatus({
  connect,
  output,
}: CommandContext): Promise<ExitStatus | void> {
  const { client } = await connect();
  const status = await client.audit.status();
  const { alerts, anchors, checkpoint, verification, verifierKey } = status;
  await output.object({
    kind: 'AuditStatus',
    name: status.health,
    data: status,
    text: () =>
      [
        status.message,
        '',
        `Entries      ${status.size} in the tree, ${status.pending} on their way, ${status.refused} refused`,
        `Checkpoint   ${
          checkpoint
            ? `of ${checkpoint.size} entries, ${output.time(checkpoint.at)}`
            : 'none'
        }`,
        ...anchors.map(
          ({ at, name, problem, size }) =>
            `Kept in      ${name}: ${
              problem ?? `${size ?? 0} entries, ${output.time(at)}`
            }`,
        ),
        `Last check   ${
          verification
            ? `${output.time(verification.at)}, ${
                verification.entries
              } entries, ${verification.findings.length || 'no'} findings`
            : 'never'
        }`,
        ...(verifierKey ? [`Key          ${verifierKey}`] : []),
        ...alerts.flatMap(({ id, message, raisedAt }) => [
          `Alert        ${message} (${output.time(raisedAt)})`,
          `             ml audit close-alert ${id} --comment "what it was"`,
        ]),
      ].join('\n'),
  });
  return status.health === 'broken' ? ExitCode.failed : undefined;
}

/** `ml audit close-alert` */
export async function closeAuditAlert(
  { connect, output }: CommandContext,
  id: string,
  { comment }: { comment: string },
): Promise<void> {
  const { client } = await connect();
  const alert = await client.audit.closeAlert(id, comment);
  await output.object({
    kind: 'AuditAlert',
    name: alert.id,
    data: alert,
    text: () => `Closed: ${alert.message}`,
  });
}

/** `ml audit verify` */
export async function verifyAudit({
  connect,
  output,
}: CommandContext): Promise<ExitStatus | void> {
  const { client } = await connect();
  const result = await client.audit.verify();
  const { checkpoints, durationMs, entries, findings } = result;
  await output.object({
    kind: 'AuditVerification',
    name: findings.length ? 'broken' : 'ok',
    data: result,
    text: () =>
      [
        `${entries} entries and ${checkpoints} checkpoints checked in ${durationMs} ms.`,
        findings.length
          ? 'The log was tampered with:'
          : 'All entries are as they were written.',
        ...findings.map(({ message }) => `- ${message}`),
      ].join('\n'),
  });
  return findings.length ? ExitCode.failed : undefined;
}
