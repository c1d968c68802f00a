import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  DEFAULT_JUDGE_SETTINGS,
  judge,
  observe,
  startStep,
  type RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import { aDeployment, aModel, aRelease } from '../../__testUtils__/fixtures';
import { mlApiMock, renderWithMl } from '../../__testUtils__/renderWithMl';
import { EnvironmentsCard } from './EnvironmentsCard';

const verdict = judge(
  observe(
    startStep(),
    {
      at: 0,
      canary: { requests: 40, bad: 1, slow: 0 },
      stable: { requests: 760, bad: 8, slow: 4 },
    },
    DEFAULT_JUDGE_SETTINGS,
  ),
  DEFAULT_JUDGE_SETTINGS,
);

const aRollout = (partial: Partial<RolloutStatus> = {}): RolloutStatus => ({
  id: 'release-3',
  canary: '1.2.0',
  stable: '1.1.0',
  state: 'running',
  steps: [
    { weight: 5, holdMs: 1000 },
    { weight: 25, holdMs: 1000 },
    { weight: 100, holdMs: 1000 },
  ],
  step: 1,
  weight: 25,
  heldMs: 10,
  flagged: false,
  verdict,
  events: [],
  ...partial,
});

const canary = (partial: Partial<RolloutStatus> = {}) =>
  aRelease({
    id: 'release-3',
    number: 3,
    version: '1.2.0',
    strategy: 'canary',
    state: 'progressing',
    rollout: aRollout(partial),
  });

const withCanary = (
  partial: Partial<RolloutStatus> = {},
  api: Parameters<typeof mlApiMock>[0] = {},
) =>
  mlApiMock({
    getModel: async () =>
      aModel({
        deployments: [aDeployment({ activeRelease: canary(partial) })],
      }),
    ...api,
  });

const production = async () =>
  within(await screen.findByRole('region', { name: 'Production' }));

describe('a canary under way', () => {
  it('shows its share, its steps, what was counted and what is missing', async () => {
    renderWithMl(<EnvironmentsCard />, { api: withCanary() });
    const panel = await production();
    expect(await panel.findByText('25 % on 1.2.0')).toBeInTheDocument();
    const steps = within(panel.getByRole('list', { name: 'Steps' }));
    expect(
      steps
        .getAllByRole('listitem')
        .map(item => item.getAttribute('aria-label')),
    ).toEqual(['5 %, passed', '25 %, now', '100 %, later']);
    expect(panel.getByText(verdict.reason)).toBeInTheDocument();
    expect(panel.getAllByRole('row').map(row => row.textContent)).toEqual([
      'VersionRequestsFailedSlow',
      'Canary 1.2.0401 (2.5 %)0 (0.0 %)',
      'Stable 1.1.07608 (1.1 %)4 (0.5 %)',
    ]);
    expect(panel.getByText(/of 600 needed to roll back/)).toBeInTheDocument();
  });

  it('is paused at once, and resumed when it is paused', async () => {
    const user = userEvent.setup();
    const steerRelease = jest.fn(async () => canary({ state: 'paused' }));
    renderWithMl(<EnvironmentsCard />, {
      api: withCanary({}, { steerRelease }),
    });
    const panel = await production();
    await user.click(
      await panel.findByRole('button', { name: 'Pause the canary of 1.2.0' }),
    );
    expect(steerRelease).toHaveBeenCalledWith('release-3', 'pause');
  });

  it('says that it is paused, and offers to go on', async () => {
    renderWithMl(<EnvironmentsCard />, {
      api: withCanary({ state: 'paused' }),
    });
    const panel = await production();
    expect(await panel.findByText(/nothing is judged/)).toBeInTheDocument();
    expect(
      panel.getByRole('button', { name: 'Resume the canary of 1.2.0' }),
    ).toBeEnabled();
  });

  it('is aborted only after a question, with a reason', async () => {
    const user = userEvent.setup();
    const steerRelease = jest.fn(async () => canary({ state: 'aborted' }));
    renderWithMl(<EnvironmentsCard />, {
      api: withCanary({}, { steerRelease }),
    });
    const panel = await production();
    await user.click(
      await panel.findByRole('button', { name: 'Abort the canary of 1.2.0' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    expect(
      dialog.getByText(/goes back to 1\.1\.0 at once/),
    ).toBeInTheDocument();
    expect(steerRelease).not.toHaveBeenCalled();
    await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'odd');
    await user.click(dialog.getByRole('button', { name: 'Abort' }));
    expect(steerRelease).toHaveBeenCalledWith('release-3', 'abort', {
      reason: 'odd',
    });
  });

  it('says when it was rolled back, and why', async () => {
    renderWithMl(<EnvironmentsCard />, {
      api: mlApiMock({
        listReleases: async () => ({
          items: [
            aRelease({
              number: 3,
              version: '1.2.0',
              state: 'rolled_back',
              error: '15 % of 60 canary requests failed',
            }),
          ],
        }),
        getModel: async () =>
          aModel({
            deployments: [
              aDeployment({
                lastFailure: aRelease({
                  number: 3,
                  version: '1.2.0',
                  state: 'rolled_back',
                  error: '15 % of 60 canary requests failed',
                }),
              }),
            ],
          }),
      }),
    });
    const panel = await production();
    expect(
      await panel.findByText('Release #3 to 1.2.0 was rolled back'),
    ).toBeInTheDocument();
    expect(
      panel.getByText('15 % of 60 canary requests failed'),
    ).toBeInTheDocument();
  });
});
