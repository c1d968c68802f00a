import { screen, waitFor, within } from '@testing-library/react';
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

  it('start from a form that says what is missing', async () => {
    const user = userEvent.setup();
    const start = jest.fn(async () => EXPERIMENT);
    render({ list: async () => ({ items: [EXPERIMENT] }), start });
    await user.click(
      await screen.findByRole('button', { name: 'Start an experiment…' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    const submit = dialog.getByRole('button', { name: 'Start it' });
    expect(submit).toHaveAccessibleDescription(/Give it a name/);
    await user.type(dialog.getByRole('textbox', { name: /^Name/ }), 'size');
    expect(submit).toHaveAccessibleDescription(/two arms at least/);
    await user.type(
      dialog.getByRole('textbox', { name: /^Arms/ }),
      'control=1.0.0:80{enter}new=1.1.0:20',
    );
    await user.type(
      dialog.getByRole('textbox', { name: /^Header/ }),
      'X-User-Id',
    );
    await user.click(dialog.getByRole('radio', { name: 'Production' }));
    expect(submit).toHaveAccessibleDescription(/runs in production already/);
    await user.click(dialog.getByRole('radio', { name: 'Staging' }));
    await user.click(submit);
    expect(start).toHaveBeenCalledWith('wine-classifier', {
      ...{ environment: 'staging', name: 'size', forcible: true },
      stickyHeader: 'x-user-id',
      arms: [
        { name: 'control', version: '1.0.0', weight: 80 },
        { name: 'new', version: '1.1.0', weight: 20 },
      ],
    });
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
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
