import { type ModelLimits, parseByteSize } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { ExitStatus } from '../../errors/ExitCode';
import { formatBytes, formatDate, plural } from '../../output/format';
import { renderTable } from '../../output/renderTable';
import { printAsked } from '../approvals/printAsked';
import { confirm } from '../confirm';
import { usageError } from '../parseRef';
import type { RequestLimitOptions, RevokeLimitOptions } from './command';

/** `ml limits show` */
export async function showLimits(
  { connect, output }: CommandContext,
  model: string,
): Promise<void> {
  const { client } = await connect();
  const limits = await client.limits.get(model);
  await output.object({
    kind: 'ModelLimits',
    name: model,
    data: limits,
    text: () => limitsText(limits),
  });
}

/** `ml limits request` */
export async function requestLimit(
  context: CommandContext,
  model: string,
  { reason, size, until }: RequestLimitOptions,
): Promise<ExitStatus> {
  const maxBytes = parseByteSize(size);
  if (!maxBytes) {
    throw usageError(
      `--size: '${size}' is no size`,
      'Write for instance 12GiB, 1.5TB or a number of bytes.',
    );
  }
  if (Number.isNaN(Date.parse(until))) {
    throw usageError(`--until: '${until}' is no day such as 2027-03-01`);
  }
  const { client } = await context.connect();
  const approval = await client.limits.request(model, {
    maxBytes,
    expiresAt: new Date(until).toISOString(),
    reason,
  });
  return printAsked(context, approval, `${model} keeps its limit for now.`);
}

/** `ml limits revoke` */
export async function revokeLimit(
  context: CommandContext,
  model: string,
  { yes }: RevokeLimitOptions,
): Promise<void> {
  const { output } = context;
  const { client } = await context.connect();
  const { defaultBytes, exceptions } = await client.limits.get(model);
  const active = exceptions.filter(({ state }) => state === 'active');
  if (active.length && !yes) {
    await confirm(
      context,
      `end ${plural(active.length, 'exception')} of ${model}, back to ${sizeOf(
        defaultBytes,
      )}`,
    );
  }
  for (const { id } of active) await client.limits.revoke(model, id);
  output.done(
    active.length
      ? `${model} has the default limit again, ${sizeOf(defaultBytes)}`
      : `${model} has no exception; its limit is the default, ${sizeOf(
          defaultBytes,
        )}`,
  );
  const limits = await client.limits.get(model);
  await output.object({
    kind: 'ModelLimits',
    name: model,
    data: limits,
    text: () => limitsText(limits),
  });
}

function limitsText(limits: ModelLimits): string {
  const { defaultBytes, exceptions, maxBytes, model } = limits;
  const rows = exceptions.map(item => [
    item.state,
    formatBytes(item.maxBytes),
    formatDate(item.expiresAt),
    item.requestedBy,
    item.approvedBy,
    item.reason,
  ]);
  return [
    `Model    ${model}`,
    `Limit    ${sizeOf(maxBytes)}`,
    `Default  ${sizeOf(defaultBytes)}`,
    ...(rows.length
      ? [
          '',
          renderTable(
            ['STATE', 'SIZE', 'UNTIL', 'ASKED BY', 'APPROVED BY', 'REASON'],
            rows,
          ),
        ]
      : []),
  ].join('\n');
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? 'set by the registry' : formatBytes(bytes);
}
