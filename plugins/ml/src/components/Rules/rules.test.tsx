import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  ModelLimits,
  RetentionPreview,
  StoredRetentionRule,
} from '@ml-platform/plugin-ml-common';
import { anApproval } from '../../__testUtils__/fixtures';
import {
  aliasesMock,
  broken,
  forbidden,
  limitsMock,
  mlApiMock,
  pending,
  renderWithMl,
  retentionMock,
} from '../../__testUtils__/renderWithMl';
import { AliasRules } from './AliasRules';
import { RetentionRules } from './RetentionRules';
import { RulesTab } from './RulesTab';

const GIB = 1024 ** 3;
const RULE: StoredRetentionRule = {
  model: 'wine-classifier',
  keepNewest: 2,
  keepDays: 30,
  protected: ['1.0.0'],
  setAt: '2026-11-20T12:00:00Z',
  setBy: 'user:default/mia',
};
const PREVIEW: RetentionPreview = {
  model: 'wine-classifier',
  rule: RULE,
  remove: [
    { version: '0.9.0', createdAt: '2026-01-01T12:00:00Z', sizeBytes: 1000 },
  ],
  removeBytes: 1000,
  keep: [
    {
      version: '1.1.0',
      createdAt: '2026-11-20T12:00:00Z',
      sizeBytes: 1000,
      reasons: [
        'it is among the newest 2',
        "the alias 'champion' points at it",
      ],
    },
  ],
  truncated: false,
};
const LIMITS: ModelLimits = {
  model: 'wine-classifier',
  defaultBytes: 10 * GIB,
  maxBytes: 12 * GIB,
  exceptions: [
    {
      id: 'exception-1',
      model: 'wine-classifier',
      maxBytes: 12 * GIB,
      reason: 'A larger vocabulary',
      requestedBy: 'user:default/mia',
      approvedBy: 'user:default/paul',
      approvedAt: '2026-11-20T12:00:00Z',
      expiresAt: '2027-03-01T00:00:00Z',
      state: 'active',
    },
  ],
};

function renderRules(
  options: {
    retention?: Parameters<typeof retentionMock>[0];
    limits?: Parameters<typeof limitsMock>[0];
    aliases?: Parameters<typeof aliasesMock>[0];
    denied?: string[];
    element?: JSX.Element;
  } = {},
) {
  return renderWithMl(options.element ?? <RulesTab />, {
    denied: options.denied,
    api: mlApiMock({
      aliases: aliasesMock({
        list: async () => ({
          items: [
            {
              model: 'wine-classifier',
              name: 'champion',
              version: '1.1.0',
              movedAt: '2026-11-20T12:00:00Z',
              movedBy: 'user:default/mia',
              policy: {
                movers: ['group:default/quality-team'],
                evidence: ['staging-hours:24'],
              },
            },
          ],
        }),
        ...options.aliases,
      }),
      retention: retentionMock({
        get: async () => ({ rule: RULE }),
        preview: async () => PREVIEW,
        ...options.retention,
      }),
      limits: limitsMock({ get: async () => LIMITS, ...options.limits }),
    }),
  });
}

it('says which versions would go, and why the others stay', async () => {
  renderRules();
  expect(
    await screen.findByText(
      /The newest 2 stay, and those younger than 30 days/,
    ),
  ).toHaveTextContent('Protected: 1.0.0.');
  const table = within(
    screen.getByRole('region', { name: 'What the rule would do now' }),
  );
  expect(table.getByRole('row', { name: /0\.9\.0/ })).toHaveTextContent(
    'would go',
  );
  expect(table.getByRole('row', { name: /1\.1\.0/ })).toHaveTextContent(
    "it is among the newest 2; the alias 'champion' points at it",
  );
  expect(
    await screen.findByRole('row', { name: /^champion/ }),
  ).toHaveTextContent('group:default/quality-teamstaging-hours:24');
});

it('changes the policy of an alias, and shows how it came about', async () => {
  const user = userEvent.setup();
  const setPolicy = jest.fn(async (_model, _alias, policy) => policy);
  const { toast } = renderRules({
    aliases: {
      setPolicy,
      evidenceKinds: async () => ({
        items: [
          {
            name: 'staging-hours',
            description: 'it was live in staging for so long',
            example: 'staging-hours:24',
          },
        ],
      }),
      policyHistory: async () => ({
        items: [
          {
            after: { movers: [], evidence: ['staging-hours:24'] },
            at: '2026-11-19T12:00:00Z',
            by: 'user:default/mia',
          },
        ],
      }),
    },
  });
  await user.click(
    await screen.findByRole('button', {
      name: 'Change the policy of champion',
    }),
  );
  const dialog = within(await screen.findByRole('dialog'));
  expect(
    await dialog.findByRole('region', { name: 'Changes so far' }),
  ).toHaveTextContent(
    'movers: who may manage versions; needs: staging-hours:24',
  );
  const movers = dialog.getByRole('textbox', { name: /Who may move it/ });
  const evidence = dialog.getByRole('textbox', {
    name: /What a version needs/,
  });
  const submit = dialog.getByRole('button', { name: 'Set the policy' });
  await user.clear(movers);
  await user.type(movers, 'mia');
  expect(submit).toHaveAccessibleDescription(/'mia' is not the full reference/);
  await user.clear(movers);
  await user.type(movers, 'user:default/mia{enter}group:default/Other-Team');
  await user.type(evidence, '{enter}luck');
  expect(submit).toHaveAccessibleDescription(/There is no evidence 'luck'/);
  await user.clear(evidence);
  await user.type(evidence, 'staging-hours:48');
  await user.click(submit);
  expect(setPolicy).toHaveBeenCalledWith('wine-classifier', 'champion', {
    movers: ['user:default/mia', 'group:default/other-team'],
    evidence: ['staging-hours:48'],
  });
  await waitFor(() =>
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
  );
  expect(toast.post).toHaveBeenCalledWith(
    expect.objectContaining({ title: 'The policy of champion is set' }),
  );
});

it('sets a rule, and proposes what it does not keep', async () => {
  const user = userEvent.setup();
  const set = jest.fn(async () => RULE);
  const propose = jest.fn(async () => ({ approval: anApproval() }));
  const { toast } = renderRules({ retention: { set, propose } });
  await user.click(await screen.findByRole('button', { name: 'Set a rule…' }));
  const dialog = within(await screen.findByRole('dialog'));
  const newest = dialog.getByRole('textbox', { name: /Newest/ });
  await user.clear(newest);
  const submit = dialog.getByRole('button', { name: 'Set the rule' });
  expect(submit).toHaveAccessibleDescription(/1 at least/);
  await user.type(newest, '5');
  await user.click(submit);
  expect(set).toHaveBeenCalledWith('wine-classifier', {
    keepNewest: 5,
    keepDays: 30,
    protected: ['1.0.0'],
  });
  await waitFor(() =>
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
  );
  await user.click(
    screen.getByRole('button', { name: 'Propose the deletion now' }),
  );
  await waitFor(() =>
    expect(toast.post).toHaveBeenCalledWith(
      expect.objectContaining({
        title: 'The deletion waits for a second person',
      }),
    ),
  );
});

it('asks for larger artifacts, and revokes an exception', async () => {
  const user = userEvent.setup();
  const request = jest.fn(async () => anApproval());
  const revoke = jest.fn(async () => LIMITS.exceptions[0]);
  renderRules({ limits: { request, revoke } });
  expect(
    await screen.findByText('An artifact may have up to 12 GiB.'),
  ).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Revoke 12 GiB' }));
  expect(revoke).toHaveBeenCalledWith('wine-classifier', 'exception-1');
  await user.click(screen.getByRole('button', { name: 'Ask for more…' }));
  const dialog = within(await screen.findByRole('dialog'));
  await user.type(dialog.getByRole('textbox', { name: /Size/ }), '15 GiB');
  await user.type(dialog.getByLabelText('Until'), '2027-06-01');
  const submit = dialog.getByRole('button', { name: 'Ask' });
  expect(submit).toHaveAccessibleDescription('Say why first.');
  await user.type(
    dialog.getByRole('textbox', { name: /Reason/ }),
    'More words',
  );
  await user.click(submit);
  expect(request).toHaveBeenCalledWith('wine-classifier', {
    maxBytes: 15 * GIB,
    expiresAt: '2027-06-01T00:00:00.000Z',
    reason: 'More words',
  });
});

it('says who may when the user may not', async () => {
  renderRules({
    denied: ['ml.version.manage', 'ml.version.delete'],
    // What may be done with a model is remembered from test to test.
    element: <RetentionRules model="another" />,
  });
  await screen.findByRole('button', { name: 'Set a rule…' });
  await waitFor(() =>
    expect(
      screen.getByRole('button', { name: 'Set a rule…' }),
    ).toHaveAccessibleDescription(/ml\.version\.manage/),
  );
  expect(
    screen.getByRole('button', { name: 'Propose the deletion now' }),
  ).toHaveAccessibleDescription(/ml\.version\.delete/);
});

it('says that there is no rule', async () => {
  renderRules({ retention: { get: async () => ({}) } });
  expect(
    await screen.findByText('There is no retention rule: every version stays.'),
  ).toBeInTheDocument();
});

it.each([
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s', async (_state, get, text) => {
  renderRules({ retention: { get } });
  expect(await screen.findByText(text)).toBeInTheDocument();
});

it('keeps the policy of an alias from who may not change it', async () => {
  renderRules({
    // Decisions are remembered from test to test, by model.
    element: <AliasRules model="rose-classifier" />,
    denied: ['ml.version.manage'],
  });
  await waitFor(() =>
    expect(
      screen.getByRole('button', { name: 'Change the policy of champion' }),
    ).toHaveAttribute('aria-disabled', 'true'),
  );
});
