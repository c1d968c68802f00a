import type { CommandContext } from '../../CommandContext';
import { confirm } from '../confirm';
import {
  approvalText,
  consequencesText,
  askedText,
  subjectText,
} from './approvalText';
import type { BreakGlassOptions, ReviewOptions } from './command';

/** `ml approvals break-glass` */
export async function breakGlass(
  context: CommandContext,
  id: string,
  { reason, yes }: BreakGlassOptions,
): Promise<void> {
  const { output } = context;
  const { client } = await context.connect();
  if (!yes) {
    const asked = await client.approvals.get(id);
    output.info(consequencesText(asked).join('\n'));
    await confirm(context, `do ${askedText(asked)} without a second person`);
  }
  const done = await client.approvals.breakGlass(id, { reason });
  output.done(`Done alone; a review is open: ${subjectText(done)}`);
  await output.object({
    kind: 'Approval',
    name: done.id,
    data: done,
    text: () => approvalText(done, output),
  });
}

/** `ml approvals review` */
export async function review(
  { connect, output }: CommandContext,
  id: string,
  { comment, verdict }: ReviewOptions,
): Promise<void> {
  const { client } = await connect();
  const reviewed = await client.approvals.review(id, { verdict, comment });
  output.done(`Reviewed: ${subjectText(reviewed)}`);
  await output.object({
    kind: 'Approval',
    name: reviewed.id,
    data: reviewed,
    text: () => approvalText(reviewed, output),
  });
}
