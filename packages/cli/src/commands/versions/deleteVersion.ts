import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import { printAsked } from '../approvals/printAsked';
import { confirm } from '../confirm';
import { parseRef } from '../parseRef';
import type { DeleteOptions } from './lifecycleCommands';

/** `ml versions delete` */
export async function deleteVersion(
  context: CommandContext,
  text: string,
  { reason, yes }: DeleteOptions,
): Promise<ExitStatus> {
  const { output } = context;
  const { model, version } = parseRef(text);
  const { client } = await context.connect();
  const { state } = await client.getVersion(model, version);
  if (state === 'draft' && !yes) {
    await confirm(context, `delete the draft ${text} for good`);
  }
  const result = await client.versions.requestDeletion(model, version, {
    reason,
  });
  if ('deleted' in result) {
    output.done(`Deleted ${text}; its name stays taken`);
    await output.object({
      kind: 'Deletion',
      name: text,
      data: { model, version, ...result },
      text: () => '',
    });
    return ExitCode.ok;
  }
  return printAsked(context, result, `${text} is not deleted yet.`);
}
