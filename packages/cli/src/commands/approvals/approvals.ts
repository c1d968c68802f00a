import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import { approvalText, subjectText } from './approvalText';
import type { ListApprovalsOptions } from './command';

/** `ml approvals list` */
export async function listApprovals(
  { connect, output }: CommandContext,
  { limit, model, review, state }: ListApprovalsOptions,
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.approvals.list({
      ...page,
      model,
      state,
      review: review ? 'open' : undefined,
    }),
  );
  await output.list({
    kind: 'ApprovalList',
    items,
    name: item => item.id,
    empty: state === 'pending' ? 'Nothing waits.' : 'Nothing was asked for.',
    columns: [
      { header: 'ID', cell: item => item.id },
      { header: 'KIND', cell: item => item.kind },
      { header: 'SUBJECT', cell: subjectText },
      { header: 'STATE', cell: item => item.state },
      { header: 'ASKED', cell: item => output.time(item.requestedAt) },
      { header: 'BY', cell: item => item.requestedBy },
      { header: 'DECIDED BY', cell: item => item.decidedBy ?? '-' },
      { header: 'REASON', cell: item => item.reason },
    ],
  });
}

/** `ml approvals show` */
export async function showApproval(
  { connect, output }: CommandContext,
  id: string,
): Promise<void> {
  const { client } = await connect();
  const approval = await client.approvals.get(id);
  await output.object({
    kind: 'Approval',
    name: approval.id,
    data: approval,
    text: () => approvalText(approval, output),
  });
}
