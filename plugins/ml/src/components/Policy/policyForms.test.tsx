import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { PolicyState } from '@ml-platform/plugin-ml-common';
import {
  aliasesMock,
  approvalsMock,
  mlApiMock,
  policyMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { PolicyPage } from './PolicyPage';

const CANARY = {
  steps: [
    { weight: 5, holdMs: 600_000 },
    { weight: 100, holdMs: 600_000 },
  ],
  judge: {
    ...{ alpha: 0.01, steps: 3, tolerance: 0.05 },
    objective: { errors: 0.01, latency: 0.05 },
    floor: {
      ...{ windowMs: 60_000, minRequests: 5 },
      ...{ canaryBadRate: 0.5, stableBadRate: 0.1 },
    },
  },
  ...{ tickMs: 10_000, clientCap: 1000, maxStepMs: 86_400_000 },
  insufficientEvidence: 'extend' as const,
};
const WEEKEND = {
  reason: 'Nobody is there',
  environments: ['production' as const],
  weekly: { from: 'fri 16:00', to: 'mon 08:00', timeZone: 'Europe/Berlin' },
};
const STATE = {
  ...{ version: 2, since: '2026-11-26T10:00:00Z', configuredOnly: [] },
  values: {
    canary: CANARY,
    freezes: [WEEKEND],
    evaluation: { requiredFor: ['production'] },
    aliases: { evidence: {} },
    artifacts: { maxArtifactBytes: 1024 ** 3 },
  },
  sources: {},
} as unknown as PolicyState;

/** Opens the dialog of a policy, and says what would be asked for. */
async function open(policy: string) {
  const user = userEvent.setup();
  const propose = jest.fn(async () => ({ version: 2, changes: [] }));
  renderWithMl(<PolicyPage />, {
    api: mlApiMock({
      policy: policyMock({
        get: async () => STATE,
        history: async () => ({ items: [] }),
        propose,
      }),
      approvals: approvalsMock({ list: async () => ({ items: [] }) }),
      aliases: aliasesMock({
        evidenceKinds: async () => ({
          items: [{ name: 'signed', description: 'Somebody signed it' }],
        }),
      }),
    }),
  });
  const item = await screen.findByRole('listitem', { name: policy });
  await user.click(
    await within(item).findByRole('button', { name: `Change ${policy}` }),
  );
  const dialog = within(await screen.findByRole('dialog'));
  const ask = dialog.getByRole('button', { name: 'Ask for it' });
  async function asked() {
    await user.type(
      dialog.getByRole('textbox', { name: /^Reason(?! of)/ }),
      'Yes',
    );
    await user.click(ask);
    return (propose.mock.calls as unknown[][])[0][1];
  }
  return { user, item: within(item), dialog, ask, asked };
}

it('adds a step to a canary, and changes how long another one lasts', async () => {
  const { user, dialog, ask, asked } = await open('Canary');
  await user.click(dialog.getByRole('button', { name: 'Add a step' }));
  const added = within(dialog.getByRole('group', { name: 'Step 2' }));
  const weight = added.getByRole('textbox', { name: 'Share of the requests' });
  expect(weight).toHaveValue('53 %');
  await user.clear(weight);
  await user.type(weight, '3 %');
  expect(
    dialog.getByText('Weights must rise from step to step.'),
  ).toBeVisible();
  expect(ask).toHaveAccessibleDescription(/has to be corrected/);
  await user.clear(weight);
  await user.type(weight, '25');
  const shared = dialog.getByRole('textbox', {
    name: 'Steps that share the false alarms',
  });
  expect(shared).toHaveValue('3');
  await user.click(dialog.getByRole('button', { name: 'Add a step' }));
  expect(shared).toHaveValue('4');
  await user.click(dialog.getByRole('button', { name: 'Remove step 3' }));
  await user.clear(shared);
  await user.type(shared, '3');
  const first = within(dialog.getByRole('group', { name: 'Step 1' }));
  const hold = first.getByRole('textbox', { name: 'Lasts at least' });
  await user.clear(hold);
  await user.type(hold, '30');
  expect(hold).toHaveAccessibleDescription(/with its unit/);
  await user.type(hold, ' min');
  expect(
    dialog.getByText(
      'Steps: 5 % for 10 min, 100 % for 10 min → 5 % for 30 min, 25 % for 10 min, 100 % for 10 min',
    ),
  ).toBeVisible();
  expect(await asked()).toMatchObject({
    changes: {
      canary: {
        ...CANARY,
        steps: [
          { weight: 5, holdMs: 1_800_000 },
          { weight: 25, holdMs: 600_000 },
          { weight: 100, holdMs: 600_000 },
        ],
      },
    },
  });
});

it('takes a step away, and keeps what stands in the others', async () => {
  const { user, dialog } = await open('Canary');
  await user.click(dialog.getByRole('button', { name: 'Remove step 1' }));
  expect(dialog.getByRole('button', { name: 'Add a step' })).toHaveFocus();
  const only = within(dialog.getByRole('group', { name: 'Step 1' }));
  expect(
    only.getByRole('textbox', { name: 'Share of the requests' }),
  ).toHaveValue('100 %');
  expect(
    dialog.queryByRole('button', { name: 'Remove step 1' }),
  ).not.toBeInTheDocument();
});

it('shows freezes as a table, and adds one', async () => {
  const { user, item, dialog, ask, asked } = await open('Freezes');
  const row = item.getByRole('row', {
    name: /Nobody is there/,
    hidden: true,
  });
  expect(row).toHaveTextContent(
    'Nobody is thereProductionAlleach week, Fri 16:00 – Mon 08:00 (Europe/Berlin)',
  );
  await user.click(dialog.getByRole('button', { name: 'Add a freeze' }));
  const added = within(dialog.getByRole('group', { name: 'Freeze 2' }));
  const reason = added.getByRole('textbox', { name: 'Reason of the freeze' });
  expect(reason).toHaveAccessibleDescription(/Fill this in/);
  expect(added.getByLabelText('From')).toHaveAccessibleDescription(
    /Choose a day and a time/,
  );
  await user.type(reason, 'Year end');
  await user.type(added.getByLabelText('From'), '2026-12-20T00:00');
  await user.type(added.getByLabelText('To'), '2026-12-19T00:00');
  expect(added.getByRole('alert')).toHaveTextContent(
    "'to' must be after 'from'",
  );
  expect(ask).toHaveAccessibleDescription(/has to be corrected/);
  await user.clear(added.getByLabelText('To'));
  await user.type(added.getByLabelText('To'), '2027-01-02T00:00');
  await user.type(
    added.getByRole('textbox', { name: 'Teams that it stops' }),
    'group:default/quality-team',
  );
  expect(await asked()).toMatchObject({
    changes: {
      freezes: [
        WEEKEND,
        {
          reason: 'Year end',
          environments: ['production'],
          teams: ['group:default/quality-team'],
          from: new Date('2026-12-20T00:00').toISOString(),
          to: new Date('2027-01-02T00:00').toISOString(),
        },
      ],
    },
  });
});

it('changes a weekly freeze, and takes it away', async () => {
  const { user, dialog } = await open('Freezes');
  const freeze = within(dialog.getByRole('group', { name: 'Freeze 1' }));
  const time = freeze.getByLabelText('From, time');
  await user.clear(time);
  await user.type(time, '18:30');
  expect(
    dialog.getByText(/\+ “Nobody is there” .*Fri 18:30 – Mon 08:00/),
  ).toBeVisible();
  await user.click(dialog.getByRole('button', { name: 'Remove freeze 1' }));
  expect(dialog.getByText(/^Freezes: − “Nobody is there”/)).toBeVisible();
});

it('asks for evidence of an alias by its name', async () => {
  const { user, dialog, asked } = await open('Aliases');
  expect(await dialog.findByText(/Somebody signed it/)).toBeVisible();
  await user.click(dialog.getByRole('button', { name: 'Add an alias' }));
  await user.type(
    dialog.getByRole('textbox', { name: 'Name of the alias' }),
    'champion',
  );
  await user.type(
    dialog.getByRole('textbox', { name: 'What a version needs' }),
    'signed\nlive-in-staging',
  );
  expect(await asked()).toMatchObject({
    changes: {
      aliases: { evidence: { champion: ['signed', 'live-in-staging'] } },
    },
  });
});

it('takes sizes with their units, and environments as boxes', async () => {
  const artifacts = await open('Artifacts');
  const size = artifacts.dialog.getByRole('textbox', {
    name: 'Largest artifact',
  });
  expect(size).toHaveValue('1 GiB');
  await artifacts.user.clear(size);
  await artifacts.user.type(size, '2.5 GiB');
  expect(await artifacts.asked()).toMatchObject({
    changes: { artifacts: { maxArtifactBytes: 2.5 * 1024 ** 3 } },
  });
});

it('chooses environments', async () => {
  const { user, dialog, asked } = await open('Evaluation');
  await user.click(dialog.getByRole('checkbox', { name: 'Staging' }));
  expect(await asked()).toMatchObject({
    changes: { evaluation: { requiredFor: ['production', 'staging'] } },
  });
});
