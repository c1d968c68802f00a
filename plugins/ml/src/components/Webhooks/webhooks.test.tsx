import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Webhook, WebhookDelivery } from '@ml-platform/plugin-ml-common';
import {
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
  webhooksMock,
} from '../../__testUtils__/renderWithMl';
import { WebhooksPage } from './WebhooksPage';

const URL = 'https://ci.example.com/ml';

function aWebhook(partial: Partial<Webhook> = {}): Webhook {
  return {
    id: 'webhook-1',
    url: URL,
    types: ['internal.ml.release.failed'],
    active: true,
    createdAt: '2026-11-20T12:00:00Z',
    createdBy: 'user:default/mia',
    ...partial,
  };
}

function aDelivery(partial: Partial<WebhookDelivery> = {}): WebhookDelivery {
  return {
    id: 'delivery-1',
    webhook: 'webhook-1',
    event: 'event-1',
    type: 'internal.ml.release.failed',
    state: 'failed',
    attempts: 12,
    lastStatus: 500,
    lastError: 'The receiver answered 500',
    createdAt: '2026-11-22T12:00:00Z',
    ...partial,
  };
}

function renderWebhooks(
  items: Webhook[],
  partial: Parameters<typeof webhooksMock>[0] = {},
  path = '/',
) {
  const list = jest.fn(async () => ({ items }));
  const view = renderWithMl(<WebhooksPage />, {
    path,
    api: mlApiMock({ webhooks: webhooksMock({ list, ...partial }) }),
  });
  return { ...view, list };
}

it('adds a webhook, and shows its secret once', async () => {
  const user = userEvent.setup();
  const create = jest.fn(async () => ({
    ...aWebhook(),
    secret: 'whsec_c2VjcmV0',
  }));
  const { list } = renderWebhooks([], { create });
  await user.click(
    await screen.findByRole('button', { name: 'Add a webhook' }),
  );
  const dialog = within(await screen.findByRole('dialog'));
  const add = dialog.getByRole('button', { name: 'Add' });
  expect(add).toHaveAccessibleDescription(/begins with https/);
  await user.type(dialog.getByRole('textbox', { name: /URL/ }), URL);
  await user.click(dialog.getByRole('checkbox', { name: 'release.failed' }));
  await user.click(add);
  expect(create).toHaveBeenCalledWith({
    url: URL,
    types: ['internal.ml.release.failed'],
    model: undefined,
  });
  expect(await screen.findByText('whsec_c2VjcmV0')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Done' }));
  await waitFor(() =>
    expect(screen.queryByText('whsec_c2VjcmV0')).not.toBeInTheDocument(),
  );
  expect(list).toHaveBeenCalledTimes(2);
});

it('tests, pauses and removes a webhook', async () => {
  const user = userEvent.setup();
  const test = jest.fn(async () => aDelivery({ state: 'pending' }));
  const pause = jest.fn(async () => aWebhook());
  const remove = jest.fn(async () => {});
  const { toast } = renderWebhooks([aWebhook()], { test, pause, remove });
  const item = within(await screen.findByRole('listitem', { name: URL }));
  expect(item.getByText('Active')).toBeInTheDocument();
  await user.click(item.getByRole('button', { name: /^Send a test/ }));
  expect(test).toHaveBeenCalledWith('webhook-1');
  await waitFor(() =>
    expect(toast.post).toHaveBeenCalledWith(
      expect.objectContaining({ title: expect.stringMatching(/on its way/) }),
    ),
  );
  await user.click(item.getByRole('button', { name: /^Pause/ }));
  expect(pause).toHaveBeenCalledWith('webhook-1');
  await user.click(item.getByRole('button', { name: /^Remove/ }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/told of nothing any more/)).toBeInTheDocument();
  await user.click(dialog.getByRole('button', { name: 'Remove' }));
  expect(remove).toHaveBeenCalledWith('webhook-1');
});

it('says why nothing can be sent, and resumes', async () => {
  const user = userEvent.setup();
  const resume = jest.fn(async () => aWebhook());
  renderWebhooks(
    [
      aWebhook({
        pausedAt: '2026-11-22T12:00:00Z',
        pausedBy: 'user:default/paul',
      }),
      aWebhook({ id: 'webhook-2', url: `${URL}/gone`, active: false }),
    ],
    { resume },
  );
  const paused = within(await screen.findByRole('listitem', { name: URL }));
  expect(
    paused.getByRole('button', { name: /^Send a test/ }),
  ).toHaveAccessibleDescription(/resume it first/);
  const gone = within(screen.getByRole('listitem', { name: `${URL}/gone` }));
  expect(gone.getByText('Receiver is gone')).toBeInTheDocument();
  await user.click(gone.getByRole('button', { name: /^Resume/ }));
  expect(resume).toHaveBeenCalledWith('webhook-2');
});

it('shows what became of deliveries, and sends one again', async () => {
  const user = userEvent.setup();
  const replay = jest.fn(async () => aDelivery({ state: 'pending' }));
  const deliveries = jest.fn(async () => ({ items: [aDelivery()] }));
  renderWebhooks([aWebhook()], { deliveries, replay });
  await user.click(await screen.findByRole('button', { name: /^Deliveries/ }));
  const panel = within(await screen.findByRole('dialog'));
  const item = await panel.findByRole('listitem', { name: 'release.failed' });
  expect(item).toHaveTextContent('12 attempts · answered 500');
  expect(item).toHaveTextContent('The receiver answered 500');
  await user.click(within(item).getByRole('button', { name: /^Send again/ }));
  expect(replay).toHaveBeenCalledWith('webhook-1', 'delivery-1');
  await waitFor(() => expect(deliveries).toHaveBeenCalledTimes(2));
});

it.each([
  ['empty', async () => ({ items: [] }), 'Nobody is told'],
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s', async (_state, list, text) => {
  renderWebhooks([], { list });
  expect(await screen.findByText(text)).toBeInTheDocument();
});

it('keeps what it shows when a refresh fails', async () => {
  let fails = false;
  const { signals } = renderWebhooks([], {
    list: async () => (fails ? broken() : { items: [aWebhook()] }),
  });
  await screen.findByRole('listitem', { name: URL });
  fails = true;
  await signals.send({ model: 'wine-classifier' });
  expect(
    await screen.findByText('This may be out of date'),
  ).toBeInTheDocument();
  expect(screen.getByRole('listitem', { name: URL })).toBeInTheDocument();
});
