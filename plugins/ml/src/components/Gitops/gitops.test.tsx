import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { GitopsItem, GitopsStatus } from '@ml-platform/plugin-ml-common';
import { aRelease } from '../../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  gitopsMock,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { GitopsPage } from './GitopsPage';

const commit = {
  id: `${'c0ffee'.repeat(6)}c0ff`,
  author: 'Mei Tanaka',
  email: 'mei@example.com',
  at: '2026-11-23T11:30:00.000Z',
  subject: 'Take the better one',
  committerEmail: 'mei@example.com',
};
const item = (partial: Partial<GitopsItem> = {}): GitopsItem => ({
  path: 'environments/staging/quality-team/wine-classifier.yaml',
  environment: 'staging',
  model: 'wine-classifier',
  state: 'inSync',
  desired: { version: '1.0.0' },
  running: { version: '1.0.0', digest: 'sha256:0' },
  issues: [],
  commit,
  ...partial,
});
const aStatus = (partial: Partial<GitopsStatus> = {}): GitopsStatus => ({
  enabled: true,
  repository: {
    kind: 'embedded',
    url: 'http://localhost:7007/git/deployments.git',
    branch: 'main',
    head: commit.id,
    checkedAt: commit.at,
  },
  pendingCommits: 0,
  items: [item()],
  ...partial,
});

function renderGitops(
  status: GitopsStatus | (() => Promise<GitopsStatus>),
  partial: Parameters<typeof gitopsMock>[0] = {},
) {
  return renderWithMl(<GitopsPage />, {
    api: mlApiMock({
      gitops: gitopsMock({
        status: typeof status === 'function' ? status : async () => status,
        log: async () => ({
          items: [
            { ...commit, committer: 'Mei Tanaka' },
            {
              ...commit,
              id: 'b'.repeat(40),
              committer: 'ML Platform',
              subject: 'Deploy wine-classifier 1.0.0 to staging',
              outcome: 'succeeded',
              reason: 'First one',
            },
          ],
        }),
        ...partial,
      }),
    }),
  });
}

it('shows the repository, each deployment beside its file, and the history', async () => {
  renderGitops(aStatus());
  const repository = within(
    await screen.findByRole('region', { name: 'Repository' }),
  );
  expect(repository.getByText('Reachable')).toBeInTheDocument();
  expect(repository.getByText(/git clone -c credential.helper/)).toBeVisible();
  const row = screen.getByRole('row', { name: /quality-team/ });
  expect(row).toHaveTextContent('In sync');
  expect(row).toHaveTextContent('Mei Tanaka');
  const history = await screen.findByRole('row', {
    name: /Deploy wine-classifier 1.0.0 to staging/,
  });
  expect(history).toHaveTextContent('First one');
  expect(history).toHaveTextContent('Succeeded');
  expect(
    screen.getByRole('row', { name: /Take the better one/ }),
  ).toHaveTextContent('by hand');
});

it('names file and line of what is refused, and applies what drifted', async () => {
  const user = userEvent.setup();
  const apply = jest.fn(async () => aRelease({ number: 8, version: '1.1.0' }));
  const { toast } = renderGitops(
    aStatus({
      items: [
        item({
          state: 'refused',
          environment: 'production',
          path: 'environments/production/quality-team/wine-classifier.yaml',
          issues: [{ line: 7, field: 'version', message: 'must be a version' }],
        }),
        item({
          state: 'drifted',
          desired: { version: '1.1.0' },
          message: 'Release 7 is failed: out of memory',
        }),
      ],
    }),
    { apply },
  );
  expect(
    await screen.findByText(
      'environments/production/quality-team/wine-classifier.yaml:7 version: must be a version',
    ),
  ).toBeInTheDocument();
  expect(
    screen.getByText('Release 7 is failed: out of memory'),
  ).toBeInTheDocument();
  await user.click(
    screen.getByRole('button', {
      name: 'Apply the file of wine-classifier in staging',
    }),
  );
  expect(apply).toHaveBeenCalledWith({
    model: 'wine-classifier',
    environment: 'staging',
  });
  await waitFor(() =>
    expect(toast.post).toHaveBeenCalledWith(
      expect.objectContaining({ title: expect.stringContaining('Release 8') }),
    ),
  );
});

it('says that Git is away and what waits, and looks again when asked', async () => {
  const user = userEvent.setup();
  const status = aStatus({ pendingCommits: 2 });
  status.repository!.error = 'connection refused.';
  const sync = jest.fn(async () => status);
  renderGitops(status, { sync });
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'connection refused. Releases and rollbacks go on; 2 commits follow when it is back.',
  );
  await user.click(screen.getByRole('button', { name: 'Look now' }));
  expect(sync).toHaveBeenCalled();
});

it.each([
  [
    'off',
    async () => ({ enabled: false, pendingCommits: 0, items: [] }),
    () => screen.findByText('No desired state is kept in Git'),
  ],
  [
    'empty',
    async () => aStatus({ items: [] }),
    () => screen.findByText('Nothing is deployed'),
  ],
  ['failed', broken, () => screen.findByRole('button', { name: /again/i })],
  ['forbidden', forbidden, () => screen.findByRole('alert')],
])('has a state of its own: %s', async (_name, status, find) => {
  renderGitops(status);
  expect(await find()).toBeInTheDocument();
});

it('is loading until the platform answers', async () => {
  renderGitops(pending);
  expect(await screen.findByRole('status')).toBeInTheDocument();
});
