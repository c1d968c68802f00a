import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  AuditStatus,
  ListedAuditEvent,
} from '@ml-platform/plugin-ml-common';
import {
  auditMock,
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { AuditPage } from './AuditPage';

const event = (partial: Partial<ListedAuditEvent> = {}): ListedAuditEvent => ({
  id: 'event-1',
  at: '2026-11-23T11:30:00.000Z',
  actor: 'user:default/mia',
  action: 'version.register',
  resource: 'version:wine-classifier@1.0.0',
  outcome: 'succeeded',
  details: { digest: 'sha256:0' },
  position: 41,
  ...partial,
});

const good: AuditStatus = {
  health: 'ok',
  message: 'All 42 entries are in the tree.',
  size: 42,
  pending: 0,
  refused: 0,
  checkpoint: { size: 42, at: '2026-11-23T11:31:00.000Z' },
  anchors: [{ name: '/mnt/worm/notes.jsonl', kind: 'file', size: 42 }],
  alerts: [],
};

function renderAudit(
  partial: Parameters<typeof auditMock>[0] = {},
  path = '/',
) {
  const list = jest.fn(async () => ({ items: [event()] }));
  const view = renderWithMl(<AuditPage />, {
    path,
    api: mlApiMock({
      audit: auditMock({
        list,
        status: async () => good,
        segments: async () => [],
        ...partial,
      }),
    }),
  });
  return { ...view, list };
}

it('shows who did what, and all of one event with its proof', async () => {
  const user = userEvent.setup();
  const proof = jest.fn(async () => 'c2sp.org/tlog-proof@v1\n');
  renderAudit({ proof });
  const row = await screen.findByRole('row', { name: /version.register/ });
  expect(row).toHaveTextContent('version:wine-classifier@1.0.0');
  expect(row).toHaveTextContent('Succeeded');
  await user.click(within(row).getByRole('button'));
  const panel = within(await screen.findByRole('dialog'));
  expect(panel.getByText('41')).toBeInTheDocument();
  expect(panel.getByText(/sha256:0/)).toBeInTheDocument();
  await user.click(panel.getByRole('button', { name: 'Save the proof' }));
  expect(proof).toHaveBeenCalledWith('event-1');
});

it('searches on the server, from the address of the page', async () => {
  const user = userEvent.setup();
  const { list } = renderAudit({}, '/?actor=user:default/mia&outcome=denied');
  await screen.findByRole('row', { name: /version.register/ });
  expect(list).toHaveBeenCalledWith(
    expect.objectContaining({ actor: 'user:default/mia', outcome: 'denied' }),
  );
  await user.type(
    screen.getByRole('textbox', { name: 'Action' }),
    'audit.export',
  );
  await user.click(screen.getByRole('button', { name: 'Search' }));
  await waitFor(() =>
    expect(list).toHaveBeenLastCalledWith(
      expect.objectContaining({ action: 'audit.export', outcome: 'denied' }),
    ),
  );
  await user.click(await screen.findByRole('button', { name: 'Show all' }));
  await waitFor(() =>
    expect(list).toHaveBeenLastCalledWith(
      expect.objectContaining({ action: undefined, outcome: undefined }),
    ),
  );
});

it('leaves renewed sessions out until somebody wants them', async () => {
  const user = userEvent.setup();
  const { list } = renderAudit({}, '/?outcome=denied');
  await screen.findByRole('row', { name: /version.register/ });
  const asked = (without: string | undefined) =>
    waitFor(() =>
      expect(list).toHaveBeenLastCalledWith(
        expect.objectContaining({ without, outcome: 'denied' }),
      ),
    );
  await asked('session.refresh');
  const box = () =>
    screen.findByRole('checkbox', { name: 'Renewed sessions as well' });
  await user.click(await box());
  await asked(undefined);
  expect(await box()).toBeChecked();
  await user.click(await box());
  await asked('session.refresh');
});

it('finds renewed sessions for who looks for them', async () => {
  const { list } = renderAudit({}, '/?action=session.refresh');
  await screen.findByRole('row', { name: /version.register/ });
  expect(list).toHaveBeenLastCalledWith(
    expect.objectContaining({ action: 'session.refresh', without: undefined }),
  );
});

it('says that the log is whole, and checks it', async () => {
  const user = userEvent.setup();
  const verify = jest.fn(async () => ({
    at: '2026-11-23T11:32:00.000Z',
    entries: 42,
    checkpoints: 3,
    durationMs: 5,
    findings: [],
  }));
  const { toast } = renderAudit({ verify });
  const state = within(
    await screen.findByRole('region', { name: 'State of the log' }),
  );
  expect(state.getByText('Signed and anchored')).toBeInTheDocument();
  expect(state.getByText(/Newest checkpoint/)).toBeInTheDocument();
  await user.click(state.getByRole('button', { name: 'Check the whole log' }));
  await waitFor(() =>
    expect(toast.post).toHaveBeenCalledWith(
      expect.objectContaining({
        title: 'All 42 entries are as they were written',
      }),
    ),
  );
});

it('names what was tampered with', async () => {
  const message = 'entry 7 was removed';
  renderAudit({
    status: async () => ({
      ...good,
      health: 'broken',
      message: `The log was tampered with: ${message}.`,
      verification: {
        at: '2026-11-23T11:32:00.000Z',
        entries: 42,
        checkpoints: 3,
        durationMs: 5,
        findings: [{ kind: 'missing', position: 7, message }],
      },
    }),
  });
  const state = within(
    await screen.findByRole('region', { name: 'State of the log' }),
  );
  expect(state.getByText('Tampered with')).toBeInTheDocument();
  expect(state.getByText(message)).toBeInTheDocument();
});

it('lists what needs a look, and closes it with a comment', async () => {
  const user = userEvent.setup();
  const message = "'release.deploy' was begun, and nothing says how it ended";
  const alert = {
    ...({ id: 'alert-1', kind: 'missing-outcome', message } as const),
    raisedAt: '2026-11-23T11:32:00.000Z',
  };
  const closeAlert = jest.fn(async () => alert);
  renderAudit({
    status: async () => ({
      ...good,
      health: 'alert',
      message: 'Somebody has to look.',
      alerts: [alert],
    }),
    closeAlert,
  });
  await user.click(
    await screen.findByRole('button', {
      name: `Close the alert: ${message}`,
    }),
  );
  const dialog = within(await screen.findByRole('dialog'));
  await user.type(dialog.getByRole('textbox'), 'the machine was restarted');
  await user.click(dialog.getByRole('button', { name: 'Close the alert' }));
  await waitFor(() =>
    expect(closeAlert).toHaveBeenCalledWith(
      'alert-1',
      'the machine was restarted',
    ),
  );
});

it('lists the months, and what keeps them', async () => {
  const user = userEvent.setup();
  const segments = async () => [
    {
      ...{ month: '2023-01', start: 0, end: 1200, holds: [] },
      state: 'disposed' as const,
      keptUntil: '2025-02-01T00:00:00.000Z',
      disposedAt: '2025-03-01T00:00:00.000Z',
    },
    {
      ...{ month: '2023-02', start: 1200, end: 1300, holds: ['hold-1'] },
      state: 'held' as const,
      keptUntil: '2025-03-01T00:00:00.000Z',
    },
  ];
  renderAudit({ segments });
  await user.click(
    await screen.findByRole('button', { name: /Months of the log/ }),
  );
  const row = await screen.findByRole('row', { name: /2023-01/ });
  expect(row).toHaveTextContent('Disposed of');
  expect(row).toHaveTextContent('1,200');
  expect(row).toHaveTextContent('Gone since 2025-03-01');
  expect(screen.getByRole('row', { name: /2023-02/ })).toHaveTextContent(
    '1 legal hold',
  );
});

it('says that nothing is like that', async () => {
  renderAudit({ list: async () => ({ items: [] }) });
  expect(await screen.findByText('No event is like that')).toBeInTheDocument();
});

it.each([
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s', async (_state, list, text) => {
  renderAudit({ list });
  expect(await screen.findByText(text)).toBeInTheDocument();
});
