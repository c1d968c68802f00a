import type { Approval } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import { approvalText } from './approvalText';

/** Prints what waits for a second person now, and what they run. */
export async function printAsked(
  { connect, output }: CommandContext,
  approval: Approval,
  notYet: string,
): Promise<ExitStatus> {
  const { client } = await connect();
  const { id, model, requestedBy } = approval;
  const who = model
    ? `who may decide for ${model} (owner: ${
        (await client.getModel(model)).owner
      })`
    : 'who may decide for the platform';
  await output.object({
    kind: 'Approval',
    name: id,
    data: approval,
    text: () => approvalText(approval, output),
  });
  output.info(
    [
      '',
      `${notYet} A second person has to approve: anybody but ${requestedBy} ${who}.`,
      `They run:      ml approvals approve ${id}`,
      `To take back:  ml approvals withdraw ${id}`,
    ].join('\n'),
  );
  return ExitCode.pending;
}
