import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aModel, aRelease } from '../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../__testUtils__/renderWithMl';
import { DeploymentsTab } from './Deployments';
import { OverviewCard } from './Overview';
import { VersionsTab } from './Versions';

describe('overview', () => {
  it('shows how to call what is live, with the sample of its package', async () => {
    renderWithMl(<OverviewCard />);
    expect(
      await screen.findByText(
        /curl -sS http:\/\/localhost:7008\/v2\/models\/wine-classifier\/versions\/1\/infer[\s\S]*14\.22/,
      ),
    ).toBeInTheDocument();
  });

  it('shows the interface with its personal data, and the card', async () => {
    renderWithMl(<OverviewCard />);
    const age = await screen.findByRole('row', { name: /^age/ });
    expect(age).toHaveTextContent('personal data');
    expect(age).toHaveTextContent('[any]');
    expect(screen.getByText('0.9861')).toBeInTheDocument();
    expect(screen.getByText('(0.92 to 0.99)')).toBeInTheDocument();
    expect(screen.getByText('Knows one region only')).toBeInTheDocument();
  });

  it('says what to do while it is live nowhere', async () => {
    renderWithMl(<OverviewCard />, {
      api: mlApiMock({ getModel: async () => aModel({ deployments: [] }) }),
    });
    expect(await screen.findByText(/live nowhere yet/)).toBeInTheDocument();
  });
});

describe('versions', () => {
  it('lists versions with where they are live, and opens one', async () => {
    const user = userEvent.setup();
    renderWithMl(<VersionsTab />);
    const live = await screen.findByRole('row', { name: /1\.1\.0/ });
    expect(live).toHaveTextContent('production');
    expect(live).toHaveTextContent('abababababab');
    expect(live).toHaveTextContent('48.9 kB');
    const older = screen.getByRole('row', { name: /1\.0\.0/ });
    expect(older).not.toHaveTextContent('production');

    await user.click(within(older).getByText('1.0.0'));
    const details = await screen.findByRole('dialog', {
      name: 'Version 1.0.0',
    });
    expect(await within(details).findByText('model.onnx')).toBeInTheDocument();
    await user.click(within(details).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('deploys a version from its row', async () => {
    const user = userEvent.setup();
    renderWithMl(<VersionsTab />);
    await user.click(
      await screen.findByRole('button', { name: 'Deploy 1.0.0' }),
    );
    expect(
      await screen.findByRole('button', { name: 'Deploy 1.0.0 to staging' }),
    ).toBeInTheDocument();
  });

  it('says how to register the first one', async () => {
    renderWithMl(<VersionsTab />, {
      api: mlApiMock({ listVersions: async () => ({ items: [] }) }),
    });
    expect(await screen.findByText('No version yet')).toBeInTheDocument();
    expect(screen.getByText('npx ml register .')).toBeInTheDocument();
  });
});

describe('deployments', () => {
  it('tells the history, and each release step by step', async () => {
    const user = userEvent.setup();
    renderWithMl(<DeploymentsTab />, {
      api: mlApiMock({
        listReleases: async () => ({
          items: [
            aRelease({ state: 'failed', error: 'no memory left' }),
            aRelease({ id: 'release-1', number: 1, fromVersion: undefined }),
          ],
        }),
        getRelease: async () =>
          aRelease({
            transitions: [
              {
                to: 'pending',
                at: '2026-11-23T11:00:00Z',
                actor: 'user:default/mei',
                cause: 'Deploy requested',
              },
              {
                from: 'pending',
                to: 'failed',
                at: '2026-11-23T11:00:02Z',
                actor: 'plugin:ml',
                cause: 'The worker did not start',
              },
            ],
          }),
      }),
    });
    const failed = await screen.findByRole('row', { name: /#2 Deploy/ });
    expect(failed).toHaveTextContent('1.0.0 → 1.1.0');
    expect(failed).toHaveTextContent('42 s');
    expect(failed).toHaveTextContent('no memory left');

    await user.click(within(failed).getByText('#2'));
    const details = await screen.findByRole('dialog', {
      name: 'Release #2 to production',
    });
    expect(
      await within(details).findByText('The worker did not start'),
    ).toBeInTheDocument();
    expect(within(details).getByText(/after 2.0 s/)).toBeInTheDocument();
  });

  it('filters by environment on the server', async () => {
    const user = userEvent.setup();
    const listReleases = jest.fn(async () => ({ items: [aRelease()] }));
    renderWithMl(<DeploymentsTab />, { api: mlApiMock({ listReleases }) });
    await user.click(await screen.findByRole('radio', { name: 'Staging' }));
    await screen.findByRole('row', { name: /#2 Deploy/ });
    expect(listReleases).toHaveBeenCalledWith('wine-classifier', {
      environment: 'staging',
      limit: 20,
      cursor: undefined,
    });
  });

  it('filters by outcome on the server, and says when there is none of it', async () => {
    const user = userEvent.setup();
    const listReleases = jest.fn(
      async (_model: string, query?: { state?: string[] }) => ({
        items: query?.state ? [] : [aRelease()],
      }),
    );
    renderWithMl(<DeploymentsTab />, { api: mlApiMock({ listReleases }) });
    await screen.findByRole('row', { name: /#2 Deploy/ });
    await user.click(screen.getByRole('button', { name: /Outcome/ }));
    await user.click(
      await screen.findByRole('option', { name: 'Did not succeed' }),
    );
    expect(await screen.findByText('No such release')).toBeInTheDocument();
    expect(listReleases).toHaveBeenLastCalledWith('wine-classifier', {
      limit: 20,
      state: ['refused', 'failed', 'rolled_back', 'aborted', 'shadowed'],
    });
  });

  it('says how to make the first release', async () => {
    renderWithMl(<DeploymentsTab />, {
      api: mlApiMock({ listReleases: async () => ({ items: [] }) }),
    });
    expect(await screen.findByText('No release yet')).toBeInTheDocument();
  });
});

describe.each([
  ['overview', <OverviewCard />],
  ['versions', <VersionsTab />],
])('%s', (_name, element) => {
  it.each([
    ['loading', pending, 'Loading'],
    ['failed', broken, 'The database is on holiday'],
    ['forbidden', forbidden, 'You may not see this'],
  ])('has a state for %s', async (_state, getModel, text) => {
    renderWithMl(element, { api: mlApiMock({ getModel }) });
    expect(await screen.findByText(text)).toBeInTheDocument();
  });

  it('keeps what it shows when a refresh fails', async () => {
    let fails = false;
    const { signals } = renderWithMl(element, {
      api: mlApiMock({
        getModel: async () => (fails ? broken() : aModel()),
      }),
    });
    await screen.findAllByText(/1\.1\.0/);
    fails = true;
    await signals.send({ model: 'wine-classifier' });
    expect(
      await screen.findByText('This may be out of date'),
    ).toBeInTheDocument();
    expect(screen.getAllByText(/1\.1\.0/).length).toBeGreaterThan(0);
  });
});
