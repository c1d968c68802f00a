import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ModelExperiment } from '@ml-platform/plugin-ml-common';
import {
  broken,
  experimentsMock,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { ExperimentsCard } from './ExperimentsCard';

const EXPERIMENT: ModelExperiment = {
  id: 'one',
  name: 'price',
  revision: 1,
  model: 'wine-classifier',
  environment: 'production',
  state: 'running',
  startedAt: '2026-11-23T11:00:00Z',
  startedBy: 'user:default/mia',
  forcible: true,
  stickyHeader: 'x-user-id',
  arms: [
    { name: 'control', version: '1.0.0', weight: 3 },
    { name: 'new', version: '1.1.0', weight: 1 },
  ],
  counts: {
    control: {
      requests: 300,
      errors: 2,
      forced: 0,
      latencyMs: { p50: 4, p90: 8, p99: 12 },
    },
    new: { requests: 0, errors: 0, forced: 0 },
  },
  outside: 17,
};

function render(
  experiments: Parameters<typeof experimentsMock>[0],
  denied?: string[],
) {
  return renderWithMl(<ExperimentsCard model="wine-classifier" />, {
    api: mlApiMock({ experiments: experimentsMock(experiments) }),
    denied,
  });
}

describe('experiments', () => {
  it('show each arm with its counts, and stop', async () => {
    const user = userEvent.setup();
    const stop = jest.fn(async () => EXPERIMENT);
    render({ list: async () => ({ items: [EXPERIMENT] }), stop });
    expect(
      await screen.findByRole('row', {
        name: 'control 1.0.0 75 % 300 2 of 300 4 ms 12 ms',
      }),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('row', {
        name: 'new 1.1.0 25 % 0 0 of 0 No data No data',
      }),
    ).toBeInTheDocument();
    expect(screen.getByText(/17 requests without/)).toBeInTheDocument();
    await user.click(
      screen.getByRole('button', {
        name: 'Stop experiment price in production',
      }),
    );
    await user.click(
      await screen.findByRole('button', { name: 'Stop experiment' }),
    );
    expect(stop).toHaveBeenCalledWith('wine-classifier', 'production');
  });

  it('cannot be stopped by who may not deploy', async () => {
    // Another environment: decisions are remembered from test to test.
    const items = [{ ...EXPERIMENT, environment: 'staging' as const }];
    render({ list: async () => ({ items }) }, ['ml.release.staging']);
    await waitFor(() =>
      expect(
        screen.getByRole('button', { name: /Stop experiment price/ }),
      ).toHaveAttribute('aria-disabled', 'true'),
    );
  });

  it('say how to begin one', async () => {
    render({ list: async () => ({ items: [] }) });
    expect(await screen.findByText(/ml experiments start/)).toBeInTheDocument();
  });

  it.each([
    ['loading', pending, 'Loading'],
    ['error', broken, 'The database is on holiday'],
    ['forbidden', forbidden, 'You may not see this'],
  ])('have a state of their own: %s', async (_state, list, text) => {
    render({ list });
    expect(await screen.findByText(text)).toBeInTheDocument();
  });
});
