import type { GitopsItem, GitopsStatus } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import type { Output } from '../../output/Output';
import type { GitopsFilter } from './command';

/** `ml gitops status` */
export async function showGitopsStatus(
  { connect, output }: CommandContext,
  model: string | undefined,
  { env }: GitopsFilter,
): Promise<ExitStatus> {
  const { client } = await connect();
  const status = await client.gitops.status({ model, environment: env });
  return print(output, status);
}

/** `ml gitops sync` */
export async function syncGitops({
  connect,
  output,
}: CommandContext): Promise<ExitStatus> {
  const { client } = await connect();
  const status = await client.gitops.sync();
  output.done('The platform looked at the repository');
  return print(output, status);
}

/** `ml gitops diff` */
export async function showGitopsDiff(
  { connect, output }: CommandContext,
  model: string | undefined,
  { env }: GitopsFilter,
): Promise<void> {
  const { client } = await connect();
  const status = await client.gitops.status({ model, environment: env });
  const items = status.items.filter(({ state }) => state !== 'inSync');
  if (output.format !== 'table') {
    await list(output, items);
    return;
  }
  if (!items.length) output.hint('What runs is what the files say.');
  for (const item of items) output.write(diffOf(item, output));
}

async function print(
  output: Output,
  status: GitopsStatus,
): Promise<ExitStatus> {
  const { enabled, items, pendingCommits, repository } = status;
  if (!enabled) {
    output.hint('This platform keeps no desired state in Git.');
  } else if (repository) {
    output.info(
      `${repository.url}, ${repository.branch} at ${
        repository.head?.slice(0, 12) ?? 'no commit yet'
      }, seen ${output.time(repository.checkedAt)}`,
    );
    if (repository.error) {
      output.warn(
        `the repository cannot be reached: ${repository.error}. ${pendingCommits} commits wait; releases go on`,
      );
    }
  }
  await list(output, items);
  for (const item of items) {
    for (const { field, line, message } of item.issues) {
      output.warn(
        `${item.path}:${line} ${field ? `${field}: ` : ''}${message}`,
      );
    }
  }
  return items.some(({ state }) => state === 'drifted' || state === 'refused')
    ? ExitCode.degraded
    : ExitCode.ok;
}

function list(output: Output, items: GitopsItem[]): Promise<void> {
  return output.list({
    kind: 'GitopsItemList',
    items,
    name: item => item.path,
    empty: 'Nothing is deployed, and no file says that anything should be.',
    columns: [
      { header: 'ENVIRONMENT', cell: item => item.environment ?? '-' },
      { header: 'MODEL', cell: item => item.model ?? item.path },
      { header: 'STATE', cell: item => item.state },
      { header: 'IN GIT', cell: item => item.desired?.version ?? '-' },
      { header: 'RUNNING', cell: item => item.running?.version ?? '-' },
      { header: 'CHANGED BY', cell: item => item.commit?.author ?? '-' },
      { header: 'COMMIT', cell: item => item.commit?.id.slice(0, 12) ?? '-' },
      { header: 'WHY', cell: item => item.message ?? '' },
    ],
  });
}

/** As `git diff` has it: what the file says, and what runs instead. */
function diffOf(item: GitopsItem, { paint }: Output): string {
  const { desired, issues, message, path, running, state } = item;
  const line = (sign: '-' | '+', name: string, value: string | undefined) =>
    value === undefined
      ? []
      : [paint(sign === '-' ? 'red' : 'green', `${sign} ${name}: ${value}`)];
  return [
    paint('bold', `--- ${path}`),
    paint('bold', `+++ running${running ? '' : ' (nothing)'}`),
    ...(desired?.version === running?.version
      ? []
      : [
          ...line('-', 'version', desired?.version),
          ...line('-', 'digest', desired?.digest),
          ...line('+', 'version', running?.version),
          ...line('+', 'digest', running?.digest),
        ]),
    ...issues.map(
      issue =>
        `! line ${issue.line}: ${issue.field ? `${issue.field} ` : ''}${
          issue.message
        }`,
    ),
    paint('dim', `# ${state}${message ? `: ${message}` : ''}`),
  ].join('\n');
}
