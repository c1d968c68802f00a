import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import type { Approval } from '@ml-platform/plugin-ml-common';
import { anApproval } from '../../__testUtils__/fixtures';
import {
  approvalsMock,
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { MlPages } from '../MlPages';
import { ApprovalsPage } from './ApprovalsPage';

function renderApprovals(
  items: Approval[],
  partial: Parameters<typeof approvalsMock>[0] = {},
  path = '/',
) {
  const list = jest.fn(async () => ({ items }));
  const view = renderWithMl(<ApprovalsPage />, {
    path,
    api: mlApiMock({ approvals: approvalsMock({ list, ...partial }) }),
  });
  return { ...view, list };
}

const own = () => anApproval({ requestedBy: 'user:default/mei' });

it('tells what is asked for, by whom, why and what it would do', async () => {
  const { list } = renderApprovals([anApproval()]);
  const item = await screen.findByRole('listitem', {
    name: 'Delete wine-classifier 1.0.0',
  });
  expect(item).toHaveTextContent(/asked for by mia .* · expires /);
  expect(item).toHaveTextContent('Trained on the wrong data');
  expect(item).toHaveTextContent("alias 'old'");
  expect(within(item).getByText('Waiting')).toBeInTheDocument();
  expect(list).toHaveBeenCalledWith({
    state: 'pending',
    limit: 20,
    cursor: undefined,
  });
});

it('approves once it is confirmed, with a comment', async () => {
  const user = userEvent.setup();
  const decide = jest.fn(async () => anApproval({ state: 'used' }));
  const { list, toast } = renderApprovals([anApproval()], { decide });
  await user.click(await screen.findByRole('button', { name: /^Approve/ }));
  const asked = within(await screen.findByRole('dialog'));
  expect(asked.getByText(/alias 'old'/)).toBeInTheDocument();
  await user.type(asked.getByRole('textbox'), 'Agreed');
  await user.click(asked.getByRole('button', { name: 'Approve' }));
  expect(decide).toHaveBeenCalledWith('approval-1', 'approve', {
    comment: 'Agreed',
  });
  expect(toast.post).toHaveBeenCalledWith(
    expect.objectContaining({
      title: 'Delete wine-classifier 1.0.0: approved and done',
    }),
  );
  await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
});

it('shows the refusal of the server', async () => {
  const user = userEvent.setup();
  renderApprovals([anApproval()], { decide: broken });
  await user.click(await screen.findByRole('button', { name: /^Deny/ }));
  const asked = within(await screen.findByRole('dialog'));
  await user.click(asked.getByRole('button', { name: 'Deny' }));
  expect(await asked.findByRole('alert')).toHaveTextContent('on holiday');
});

it('lets nobody decide on what they asked for, and lets them withdraw', async () => {
  renderApprovals([own()]);
  const approve = await screen.findByRole('button', { name: /^Approve/ });
  await waitFor(() =>
    expect(approve).toHaveAccessibleDescription(/You asked for this yourself/),
  );
  expect(approve).toHaveAttribute('aria-disabled', 'true');
  expect(screen.getByRole('button', { name: /^Withdraw/ })).not.toHaveAttribute(
    'aria-disabled',
  );
});

it('shows past requests with who decided, and no buttons', async () => {
  const { list } = renderApprovals(
    [
      anApproval({
        state: 'denied',
        decidedBy: 'user:default/paul',
        decidedAt: '2026-11-23T11:30:00Z',
        comment: 'Still in use',
      }),
    ],
    {},
    '/?show=all',
  );
  const item = await screen.findByRole('listitem', { name: /^Delete/ });
  expect(item).toHaveTextContent(/denied by paul/);
  expect(item).toHaveTextContent('Still in use');
  expect(within(item).queryByRole('button')).not.toBeInTheDocument();
  expect(list).toHaveBeenCalledWith(
    expect.objectContaining({ state: undefined }),
  );
});

it('breaks the glass for a reason, which somebody else reviews', async () => {
  const user = userEvent.setup();
  const breakGlass = jest.fn(async () => anApproval({ state: 'used' }));
  renderApprovals([own()], { breakGlass });
  await user.click(
    await screen.findByRole('button', { name: /^Break the glass/ }),
  );
  const asked = within(await screen.findByRole('dialog'));
  const submit = asked.getByRole('button', { name: 'Break the glass' });
  expect(submit).toHaveAccessibleDescription(/why it cannot wait/);
  await user.type(asked.getByRole('textbox'), 'All callers are refused');
  await user.click(submit);
  expect(breakGlass).toHaveBeenCalledWith('approval-1', {
    reason: 'All callers are refused',
  });
});

it('lists what was done alone, and takes the word of a second person', async () => {
  const user = userEvent.setup();
  const review = jest.fn(async () => anApproval({ state: 'used' }));
  const { list } = renderApprovals(
    [
      anApproval({
        state: 'used',
        breakGlass: {
          ...{ by: 'user:default/olga', at: '2026-11-23T11:30:00Z' },
          reason: 'All callers were refused',
        },
      }),
    ],
    { review },
    '/?show=review',
  );
  const item = await screen.findByRole('listitem', { name: /^Delete/ });
  expect(item).toHaveTextContent(
    /by olga: All callers were refused · waits for a review/,
  );
  expect(list).toHaveBeenCalledWith(
    expect.objectContaining({ review: 'open', state: undefined }),
  );
  const justified = within(item).getByRole('button', { name: /^Justified/ });
  await waitFor(() => expect(justified).not.toHaveAttribute('aria-disabled'));
  await user.click(justified);
  const asked = within(await screen.findByRole('dialog'));
  await user.click(asked.getByRole('button', { name: 'Justified' }));
  expect(review).toHaveBeenCalledWith('approval-1', {
    verdict: 'justified',
    comment: undefined,
  });
});

it('says that nothing waits', async () => {
  renderApprovals([]);
  expect(await screen.findByText('Nothing waits for you')).toBeInTheDocument();
});

it.each([
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s', async (_state, list, text) => {
  renderApprovals([], { list });
  expect(await screen.findByText(text)).toBeInTheDocument();
});

it('keeps what it shows when a refresh fails', async () => {
  let fails = false;
  const { signals } = renderApprovals([], {
    list: async () => (fails ? broken() : { items: [anApproval()] }),
  });
  await screen.findByText('Trained on the wrong data');
  fails = true;
  await signals.send({ model: 'wine-classifier' });
  expect(
    await screen.findByText('This may be out of date'),
  ).toBeInTheDocument();
  expect(screen.getByText('Trained on the wrong data')).toBeInTheDocument();
});

it('is a page beside the models, with the number that wait', async () => {
  const user = userEvent.setup();
  renderWithMl(
    <Routes>
      <Route path="/ml/*" element={<MlPages />} />
    </Routes>,
    {
      path: '/ml',
      api: mlApiMock({
        approvals: approvalsMock({
          list: async () => ({ items: [anApproval()] }),
        }),
      }),
    },
  );
  expect(
    await screen.findByRole('row', { name: /wine-classifier/ }),
  ).toBeInTheDocument();
  await user.click(
    await screen.findByRole('link', { name: 'Approvals (1 waiting)' }),
  );
  expect(
    await screen.findByRole('listitem', { name: /^Delete/ }),
  ).toBeInTheDocument();
  expect(
    screen.getByRole('link', { name: 'Approvals (1 waiting)' }),
  ).toHaveAttribute('aria-current', 'page');
  expect(screen.getByRole('link', { name: 'Models' })).not.toHaveAttribute(
    'aria-current',
  );
});
