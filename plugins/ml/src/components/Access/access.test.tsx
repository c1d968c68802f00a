import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  AccessReview,
  Grant,
  ServiceAccount,
} from '@ml-platform/plugin-ml-common';
import {
  accessMock,
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
  serviceAccountsMock,
} from '../../__testUtils__/renderWithMl';
import { AccessPage } from './AccessPage';

const GRANT: Grant = {
  ...{ id: 'one', subject: 'group:default/apps-team', model: 'wine' },
  ...{ capability: 'read', reason: 'calls it', state: 'active' },
  ...{ grantedBy: 'user:default/mei', grantedAt: '2026-11-20T00:00:00Z' },
  expiresAt: '2027-01-31T00:00:00Z',
};
const ACCOUNT: ServiceAccount = {
  ...{ ref: 'service-account:quality-team/ci', name: 'ci' },
  ...{ team: 'group:default/quality-team', teamName: 'quality-team' },
  ...{ description: 'Deploys from CI', owner: 'user:default/mei' },
  capabilities: ['read', 'deploy:staging'],
  ...{ models: ['wine'], environments: ['staging'] },
  ...{ spiffeId: 'spiffe://x', createdAt: '2026-11-20T00:00:00Z' },
};
const REVIEW: AccessReview = {
  ...{ from: '2026-10-01', to: '2027-01-01', generatedAt: '2026-11-27' },
  notes: ['Groups are those of today.'],
  items: [
    {
      ...{ kind: 'role', subject: 'user:default/olga', what: 'platform-admin' },
      ...{ scope: 'platform', from: '2026-10-02T00:00:00Z', state: 'active' },
      ...{ givenBy: 'configuration', reference: 'policy:0' },
    },
    {
      ...{ kind: 'grant', subject: 'user:default/vera', what: 'operate' },
      ...{ scope: 'model:wine', from: '2026-10-02T00:00:00Z' },
      ...{ state: 'revoked', givenBy: 'user:default/mei' },
      reference: 'grant:one',
    },
  ],
};

function renderAccess(options: {
  path?: string;
  access?: Parameters<typeof accessMock>[0];
  accounts?: Parameters<typeof serviceAccountsMock>[0];
}) {
  const listGrants = jest.fn(async () => ({ items: [GRANT] }));
  const view = renderWithMl(<AccessPage />, {
    path: options.path,
    api: mlApiMock({
      access: accessMock({
        listGrants,
        review: async () => REVIEW,
        ...options.access,
      }),
      serviceAccounts: serviceAccountsMock({
        list: async () => ({ items: [ACCOUNT] }),
        ...options.accounts,
      }),
    }),
  });
  return { ...view, listGrants };
}

it('lists grants, and revokes one once it is confirmed', async () => {
  const user = userEvent.setup();
  const revokeGrant = jest.fn(async () => ({
    ...GRANT,
    state: 'revoked' as const,
  }));
  const { listGrants, toast } = renderAccess({ access: { revokeGrant } });
  const row = await screen.findByRole('row', { name: /apps-team/ });
  expect(row).toHaveTextContent(/wine.*read.*Active.*mei.*Never/);
  await user.click(within(row).getByRole('button', { name: /^Revoke/ }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/may not read wine any more/)).toBeInTheDocument();
  await user.click(dialog.getByRole('button', { name: 'Revoke' }));
  expect(revokeGrant).toHaveBeenCalledWith('one');
  expect(toast.post).toHaveBeenCalledWith(
    expect.objectContaining({ title: expect.stringContaining('Revoked') }),
  );
  expect(listGrants).toHaveBeenCalledTimes(2);
});

it('grants access when all is said', async () => {
  const user = userEvent.setup();
  const createGrant = jest.fn(async () => GRANT);
  renderAccess({ path: '/?model=wine', access: { createGrant } });
  await user.click(await screen.findByRole('button', { name: 'Grant access' }));
  const dialog = within(await screen.findByRole('dialog'));
  const submit = dialog.getByRole('button', { name: 'Grant access' });
  expect(submit).toHaveAccessibleDescription(/full form/);
  const write = (name: RegExp, text: string) =>
    user.type(dialog.getByRole('textbox', { name }), text);
  await write(/Who gets it/, 'group:default/apps-team');
  await write(/Team/, 'group:default/quality-team');
  expect(submit).toHaveAccessibleDescription(/either a model or a team/);
  await user.clear(dialog.getByRole('textbox', { name: /Team/ }));
  expect(submit).toHaveAccessibleDescription('Say when it ends.');
  fireEvent.change(dialog.getByLabelText('Until'), {
    target: { value: '2027-01-31' },
  });
  await write(/Reason/, 'calls it');
  await user.click(submit);
  expect(createGrant).toHaveBeenCalledWith({
    ...{ subject: 'group:default/apps-team', model: 'wine', team: undefined },
    ...{ capability: 'read', expiresAt: '2027-01-31', reason: 'calls it' },
  });
});

it('lists service accounts, and ends one for a reason', async () => {
  const user = userEvent.setup();
  const revoke = jest.fn(async () => ACCOUNT);
  renderAccess({ path: '/?view=accounts', accounts: { revoke } });
  const item = await screen.findByRole('listitem', {
    name: 'service-account:quality-team/ci',
  });
  expect(item).toHaveTextContent(/Deploys from CI.*last used never/);
  expect(item).toHaveTextContent('read, deploy:staging');
  await user.click(within(item).getByRole('button', { name: /^Revoke/ }));
  const dialog = within(await screen.findByRole('dialog'));
  const submit = dialog.getByRole('button', { name: 'Revoke' });
  expect(submit).toHaveAccessibleDescription('Say why.');
  await user.type(dialog.getByRole('textbox'), 'leaked');
  await user.click(submit);
  expect(revoke).toHaveBeenCalledWith(ACCOUNT.ref, { reason: 'leaked' });
});

it('creates a service account with its scope', async () => {
  const user = userEvent.setup();
  const create = jest.fn(async () => ACCOUNT);
  renderAccess({ path: '/?view=accounts', accounts: { create } });
  await user.click(await screen.findByRole('button', { name: /^Create/ }));
  const dialog = within(await screen.findByRole('dialog'));
  const write = (name: RegExp, text: string) =>
    user.type(dialog.getByRole('textbox', { name }), text);
  await write(/Team/, 'group:default/quality-team');
  await write(/Name/, 'ci');
  await write(/What it is for/, 'Deploys from CI');
  await user.click(dialog.getByRole('checkbox', { name: 'predict' }));
  await write(/Models/, 'wine, beer');
  await user.click(dialog.getByRole('button', { name: /^Create/ }));
  expect(create).toHaveBeenCalledWith({
    ...{ team: 'group:default/quality-team', name: 'ci' },
    ...{ description: 'Deploys from CI', models: ['wine', 'beer'] },
    capabilities: ['read', 'predict'],
  });
});

it('reviews who had which access, by kind', async () => {
  renderAccess({
    path: '/?view=review&kind=grant&from=2026-10-01&to=2027-01-01',
  });
  const row = await screen.findByRole('row', { name: /vera/ });
  expect(row).toHaveTextContent(/operate.*model:wine.*Revoked.*mei.*Never/);
  expect(screen.queryByRole('row', { name: /olga/ })).not.toBeInTheDocument();
  expect(screen.getByText(/1 entries|1 of/)).toHaveTextContent(
    'Groups are those of today.',
  );
  expect(
    screen.getByRole('button', { name: 'Save as CSV' }),
  ).toBeInTheDocument();
});

it.each([
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
  ['empty', async () => ({ items: [] }), 'There are no such grants'],
])('has a state for %s', async (_state, listGrants, text) => {
  renderAccess({ access: { listGrants } });
  expect(await screen.findByText(text)).toBeInTheDocument();
});
