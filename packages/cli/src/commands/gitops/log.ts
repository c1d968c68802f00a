import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import type { GitopsLogOptions } from './command';

/** `ml gitops log` */
export async function showGitopsLog(
  { connect, output }: CommandContext,
  model: string | undefined,
  { env, limit }: GitopsLogOptions,
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.gitops.log({ ...page, model, environment: env }),
  );
  await output.list({
    kind: 'GitopsCommitList',
    items,
    name: item => item.id,
    empty: 'There is no commit yet.',
    columns: [
      { header: 'COMMIT', cell: item => item.id.slice(0, 12) },
      { header: 'WHEN', cell: item => output.time(item.at) },
      { header: 'AUTHOR', cell: item => item.author },
      { header: 'OUTCOME', cell: item => item.outcome ?? '-' },
      { header: 'SUBJECT', cell: item => item.subject },
      { header: 'REASON', cell: item => item.reason ?? '' },
    ],
  });
}
