import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  PolicyKey,
  PolicyState,
  PolicyVersion,
} from '@ml-platform/plugin-ml-common';
import { anApproval } from '../../__testUtils__/fixtures';
import {
  approvalsMock,
  broken,
  forbidden,
  mlApiMock,
  pending,
  policyMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { PolicyPage } from './PolicyPage';

const STATE: PolicyState = {
  version: 2,
  since: '2026-11-26T10:00:00Z',
  values: {
    quotas: {
      stagingDeploymentsPerTeam: 5,
      productionReleasesPerTeamPerDay: 9,
    },
    freezes: [],
    signatures: { requiredForProduction: false },
    roles: {
      'ml-viewer': ['group:default/apps-team'],
      'ml-engineer': [],
      'platform-admin': ['group:default/platform-team'],
      'data-access-auditor': [],
    },
  } as unknown as PolicyState['values'],
  sources: { quotas: 'approved' } as PolicyState['sources'],
  configuredOnly: ['signatures'],
};
const HISTORY: PolicyVersion[] = [
  {
    ...{ version: 2, at: '2026-11-26T10:00:00Z', source: 'approved' },
    keys: ['quotas'],
    changes: [
      { path: 'quotas.stagingDeploymentsPerTeam', before: 3, after: 5 },
    ],
    reason: 'The team has grown',
    requestedBy: 'user:default/olga',
    approvedBy: 'user:default/pedro',
  },
  {
    ...{ version: 0, at: '2026-11-20T10:00:00Z', source: 'configuration' },
    ...{ keys: [], changes: [] },
  },
];

function renderPolicy(
  partial: Parameters<typeof policyMock>[0] = {},
  options: { waiting?: PolicyKey[] } = {},
) {
  const propose = jest.fn(async () => ({ version: 2, changes: [] }));
  const view = renderWithMl(<PolicyPage />, {
    api: mlApiMock({
      policy: policyMock({
        get: async () => STATE,
        history: async () => ({ items: HISTORY }),
        propose,
        ...partial,
      }),
      approvals: approvalsMock({
        list: async () => ({
          items: (options.waiting ?? []).map(() =>
            anApproval({ kind: 'policy.change' }),
          ),
        }),
      }),
    }),
  });
  return { ...view, propose };
}

const item = (name: string) => screen.findByRole('listitem', { name });

it('shows what holds, where it comes from, and what changed', async () => {
  renderPolicy({}, { waiting: ['quotas'] });
  const quotas = await item('Quotas');
  expect(quotas).toHaveTextContent('Approved');
  expect(quotas).toHaveTextContent('Models of one team live in staging5');
  expect(await item('Freezes')).toHaveTextContent('There is none');
  const roles = await item('Roles');
  expect(within(roles).getAllByRole('link')[0]).toHaveTextContent('apps-team');
  expect(roles).toHaveTextContent('ML engineersnobody');
  const history = within(await screen.findByRole('list', { name: 'History' }));
  expect(
    await history.findByText('Models of one team live in staging: 3 → 5'),
  ).toBeInTheDocument();
  expect(history.getByText(/asked for by/)).toHaveTextContent(
    /olga, approved by pedro/,
  );
  expect(history.getByText(/as it was configured/)).toBeInTheDocument();
  expect(screen.getByText('A change waits for approval')).toBeInTheDocument();
});

it('asks for a change, with what would be different and why', async () => {
  const user = userEvent.setup();
  const { propose, toast } = renderPolicy();
  const quotas = within(await item('Quotas'));
  await user.click(await quotas.findByRole('button', { name: /^Change/ }));
  const dialog = within(await screen.findByRole('dialog'));
  const ask = dialog.getByRole('button', { name: 'Ask for it' });
  expect(ask).toHaveAccessibleDescription('Nothing is changed yet.');
  const field = dialog.getByRole('textbox', {
    name: 'Models of one team live in staging',
  });
  await user.clear(field);
  expect(ask).toHaveAccessibleDescription(/has to be corrected/);
  expect(field).toHaveAccessibleDescription(/Enter a whole number/);
  expect(field).toBeInvalid();
  await user.type(field, '8');
  expect(
    dialog.getByText('Models of one team live in staging: 5 → 8'),
  ).toBeInTheDocument();
  expect(ask).toHaveAccessibleDescription(/Say why/);
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'More');
  await user.click(ask);
  expect(propose).toHaveBeenCalledWith(2, {
    changes: {
      quotas: {
        stagingDeploymentsPerTeam: 8,
        productionReleasesPerTeamPerDay: 9,
      },
    },
    reason: 'More',
  });
  expect(toast.post).toHaveBeenCalledWith(
    expect.objectContaining({ title: expect.stringContaining('Asked for') }),
  );
});

it('shows the refusal of the server and keeps what was written', async () => {
  const user = userEvent.setup();
  renderPolicy({ propose: broken });
  const roles = within(await item('Roles'));
  await user.click(await roles.findByRole('button', { name: /^Change/ }));
  const dialog = within(await screen.findByRole('dialog'));
  await user.type(
    dialog.getByRole('textbox', { name: 'ML engineers' }),
    'group:default/pricing-team',
  );
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'New');
  await user.click(dialog.getByRole('button', { name: 'Ask for it' }));
  expect(await dialog.findByRole('alert')).toHaveTextContent('on holiday');
  expect(
    dialog.getByText('ML engineers: + group pricing-team'),
  ).toBeInTheDocument();
});

it('leaves to the configuration what is its own', async () => {
  renderPolicy();
  const change = within(await item('Signatures')).getByRole('button');
  await waitFor(() =>
    expect(change).toHaveAccessibleDescription(/configuredOnly/),
  );
});

it.each([
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s', async (_state, get, text) => {
  renderPolicy({ get });
  expect(await screen.findByText(text)).toBeInTheDocument();
});
