import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';

/** `ml audit status` */
export async function auditStatus({
  connect,
  output,
}: CommandContext): Promise<ExitStatus | void> {
  const { client } = await connect();
  const status = await client.audit.status();
  const { anchors, checkpoint, verification, verifierKey } = status;
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
      ].join('\n'),
  });
  return status.health === 'broken' ? ExitCode.failed : undefined;
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
