import type { CommandContext } from '../../CommandContext';
import { confirm } from '../confirm';
import { approvalText, consequencesText, askedText } from './approvalText';
import type { DecideOptions } from './command';

const DONE = {
  approve: 'Approved',
  deny: 'Denied',
  withdraw: 'Withdrawn',
} as const;

/** `ml approvals approve`, `deny` and `withdraw` */
export async function decide(
  context: CommandContext,
  id: string,
  decision: keyof typeof DONE,
  { comment, yes }: DecideOptions,
): Promise<void> {
  const { output } = context;
  const { client } = await context.connect();
  if (!yes) {
    const asked = await client.approvals.get(id);
    // What is decided already is refused by the portal, without a question.
    if (asked.state === 'pending') {
      output.info(
        [
          `${asked.requestedBy} asks for this: ${asked.reason}`,
          ...consequencesText(asked),
        ].join('\n'),
      );
      await confirm(context, `${decision} ${askedText(asked)}`);
    }
  }
  const decided = await client.approvals.decide(
    id,
    decision,
    comment ? { comment } : {},
  );
  const isDone = decided.state === 'used';
  output.done(
    `${DONE[decision]}${isDone ? ' and done' : ''}: ${askedText(decided)}`,
  );
  if (decided.state === 'approved') {
    output.hint(
      `Nothing has happened yet: ${decided.requestedBy} uses it, or the release that waits for it goes on.`,
    );
  }
  await output.object({
    kind: 'Approval',
    name: decided.id,
    data: decided,
    text: () => approvalText(decided, output),
  });
}
