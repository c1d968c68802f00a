import type { CommandContext } from '../../CommandContext';
import type { ExitStatus } from '../../errors/ExitCode';
import { CliError } from '../../errors/CliError';
import { toCliError } from '../../errors/toCliError';
import { plural } from '../../output/format';
import { printAsked } from '../approvals/printAsked';
import { confirm } from '../confirm';
import type {
  DisposeOptions,
  PlaceHoldOptions,
  ReasonOptions,
} from './segmentCommands';

/** `ml audit segments` */
export async function listSegments({
  connect,
  output,
}: CommandContext): Promise<void> {
  const { client } = await connect();
  await output.list({
    kind: 'AuditSegmentList',
    items: await client.audit.segments(),
    name: item => item.month,
    empty: 'The log has no entries yet.',
    columns: [
      { header: 'MONTH', cell: item => item.month },
      { header: 'STATE', cell: item => item.state },
      { header: 'ENTRIES', cell: item => String(item.end - item.start) },
      { header: 'FROM', cell: item => String(item.start) },
      { header: 'KEPT UNTIL', cell: item => item.keptUntil.slice(0, 10) },
      { header: 'HOLDS', cell: item => item.holds.join(', ') || '-' },
    ],
  });
}

/** `ml audit holds list` */
export async function listHolds({
  connect,
  output,
}: CommandContext): Promise<void> {
  const { client } = await connect();
  await output.list({
    kind: 'AuditHoldList',
    items: await client.audit.holds(),
    name: item => item.id,
    empty: 'There is no legal hold.',
    columns: [
      { header: 'ID', cell: item => item.id },
      { header: 'STATE', cell: item => (item.releasedAt ? 'released' : 'set') },
      { header: 'FROM', cell: item => item.since ?? 'the beginning' },
      { header: 'TO', cell: item => item.until ?? 'no end' },
      { header: 'PLACED BY', cell: item => item.placedBy },
      { header: 'REASON', cell: item => item.reason },
    ],
  });
}

/** `ml audit holds place` */
export async function placeHold(
  { connect, output }: CommandContext,
  options: PlaceHoldOptions,
): Promise<void> {
  const { client } = await connect();
  const hold = await client.audit.placeHold(options);
  await output.object({
    kind: 'AuditHold',
    name: hold.id,
    data: hold,
    text: () =>
      `Legal hold ${hold.id}: nothing from ${hold.since ?? 'the beginning'} ${
        hold.until ? `to ${hold.until}` : 'on'
      } is disposed of.`,
  });
}

/** `ml audit holds release` */
export async function releaseHold(
  context: CommandContext,
  id: string,
  { reason }: ReasonOptions,
): Promise<ExitStatus> {
  const { client } = await context.connect();
  const approval = await client.audit.requestRelease(id, reason);
  return printAsked(context, approval, 'The hold stays for now.');
}

/** `ml audit dispose` */
export async function disposeSegment(
  context: CommandContext,
  month: string,
  { reason, yes }: DisposeOptions,
): Promise<ExitStatus | void> {
  const { output } = context;
  const { client } = await context.connect();
  if (reason !== undefined) {
    const approval = await client.audit.requestDisposal(month, reason);
    return printAsked(
      context,
      approval,
      `The events of ${month} stay for now; once it is approved, 'ml audit dispose ${month}' removes them.`,
    );
  }
  if (!yes) {
    await confirm(context, `remove the events of ${month} for good`);
  }
  const segment = await client.audit.dispose(month).catch(error => {
    throw askedFirst(error, month);
  });
  await output.object({
    kind: 'AuditSegment',
    name: segment.month,
    data: segment,
    text: () =>
      `Removed for good: ${plural(segment.end - segment.start, 'event')} of ${
        segment.month
      }. Their hashes stay, so every proof is as good as before.`,
  });
  return undefined;
}

/** Says how somebody else is asked, where that is what lacks. */
function askedFirst(error: unknown, month: string): CliError {
  const explained = toCliError(error);
  if (explained.code !== 'APPROVAL_REQUIRED') return explained;
  return new CliError({
    ...{ code: explained.code, exitCode: explained.exitCode },
    ...{ message: explained.message, requestId: explained.requestId },
    hint: `Ask for it: ml audit dispose ${month} --reason "…". What was asked for: ml approvals list`,
    cause: error,
  });
}
