import { screen, waitFor } from '@testing-library/react';
import type { PolicyState } from '@ml-platform/plugin-ml-common';
import {
  approvalsMock,
  mlApiMock,
  policyMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { PolicyPage } from './PolicyPage';

const STATE: PolicyState = {
  ...{ version: 0, since: '2026-11-26T10:00:00Z', configuredOnly: [] },
  values: {
    quotas: {
      stagingDeploymentsPerTeam: 5,
      productionReleasesPerTeamPerDay: 9,
    },
  } as PolicyState['values'],
  sources: { quotas: 'configuration' } as PolicyState['sources'],
};

// Alone in its file: what somebody may do is remembered between tests.
it('says why a policy cannot be changed', async () => {
  renderWithMl(<PolicyPage />, {
    denied: ['ml.policy.propose'],
    api: mlApiMock({
      policy: policyMock({
        get: async () => STATE,
        history: async () => ({ items: [] }),
      }),
      approvals: approvalsMock({ list: async () => ({ items: [] }) }),
    }),
  });
  const change = await screen.findByRole('button', { name: 'Change Quotas' });
  await waitFor(() =>
    expect(change).toHaveAccessibleDescription(/Only platform admins/),
  );
  expect(change).toHaveAttribute('aria-disabled', 'true');
});
