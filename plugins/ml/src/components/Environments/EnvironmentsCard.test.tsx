import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { NotFoundError } from '@backstage/errors';
import {
  aDeployment,
  aModel,
  aRelease,
  aVersion,
} from '../../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { EnvironmentsCard } from './EnvironmentsCard';

const panel = async (name: string) =>
  within(await screen.findByRole('region', { name }));

describe('states', () => {
  it('shows version, health, since when, by whom and where', async () => {
    renderWithMl(<EnvironmentsCard />);
    const production = await panel('Production');
    expect(production.getByText('1.1.0')).toBeInTheDocument();
    expect(production.getByText('Healthy')).toBeInTheDocument();
    expect(production.getByText(/release #2/)).toBeInTheDocument();
    expect(
      production.getByText('http://localhost:7008/v2/models/wine-classifier'),
    ).toBeInTheDocument();
    const staging = await panel('Staging');
    expect(staging.getByText('Not deployed')).toBeInTheDocument();
  });

  it('says why a live version is unhealthy', async () => {
    renderWithMl(<EnvironmentsCard />, {
      api: mlApiMock({
        getModel: async () =>
          aModel({
            deployments: [
              aDeployment({ health: 'failed', healthReason: 'worker crashed' }),
            ],
          }),
      }),
    });
    const production = await panel('Production');
    expect(production.getByText('Failed')).toBeInTheDocument();
    expect(production.getByText('worker crashed')).toBeInTheDocument();
  });

  it('shows the steps of a release under way, and blocks the buttons', async () => {
    const user = userEvent.setup();
    renderWithMl(<EnvironmentsCard />, {
      api: mlApiMock({
        getModel: async () =>
          aModel({
            deployments: [
              aDeployment({
                activeRelease: aRelease({
                  number: 3,
                  version: '1.2.0',
                  state: 'loading',
                }),
              }),
            ],
          }),
      }),
    });
    const production = await panel('Production');
    const current = production
      .getAllByRole('listitem')
      .find(item => item.getAttribute('aria-current') === 'step');
    expect(current).toHaveTextContent('Load the version');
    const deploy = production.getByRole('button', {
      name: 'Deploy to production',
    });
    expect(deploy).toHaveAttribute('aria-disabled', 'true');
    await user.click(deploy);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(deploy).toHaveAccessibleDescription(
      /Release #3 to 1.2.0 is under way/,
    );
  });

  it('says that the newest release failed, and why', async () => {
    renderWithMl(<EnvironmentsCard />, {
      api: mlApiMock({
        listReleases: async (_model, query) => ({
          items:
            query?.environment === 'production'
              ? [aRelease({ state: 'failed', error: 'digest mismatch' })]
              : [],
        }),
      }),
    });
    const production = await panel('Production');
    expect(
      production.getByText('Release #2 to 1.1.0 failed'),
    ).toBeInTheDocument();
    expect(production.getByText('digest mismatch')).toBeInTheDocument();
  });

  it.each([
    ['loading', pending, 'Loading'],
    ['failed', broken, 'The database is on holiday'],
    ['forbidden', forbidden, 'You may not see this'],
    [
      'not registered',
      async () => {
        throw new NotFoundError('no such model');
      },
      'Not in the model registry',
    ],
  ])('has a state for %s', async (_name, getModel, text) => {
    renderWithMl(<EnvironmentsCard />, {
      api: mlApiMock({ getModel: getModel as typeof broken }),
    });
    expect(await screen.findByText(text)).toBeInTheDocument();
  });

  it('names the permission that the user lacks', async () => {
    renderWithMl(<EnvironmentsCard />, {
      denied: ['ml.release.rollback'],
      // Answers are cached by resource for seconds, also across tests.
      api: mlApiMock({ getModel: async () => aModel({ name: 'of-others' }) }),
    });
    const production = await panel('Production');
    const rollback = production.getByRole('button', {
      name: 'Roll back to 1.0.0 in production',
    });
    await waitFor(() =>
      expect(
        production.getByRole('button', { name: 'Deploy to production' }),
      ).not.toHaveAttribute('aria-disabled'),
    );
    await waitFor(() =>
      expect(rollback).toHaveAccessibleDescription(
        /takes the permission ml.release.rollback/,
      ),
    );
    expect(rollback).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('deploy dialog', () => {
  async function openDialog(api = mlApiMock()) {
    const user = userEvent.setup();
    const rendered = renderWithMl(<EnvironmentsCard />, { api });
    const staging = await panel('Staging');
    const deploy = staging.getByRole('button', { name: 'Deploy to staging' });
    await waitFor(() => expect(deploy).not.toHaveAttribute('aria-disabled'));
    await user.click(deploy);
    const dialog = within(await screen.findByRole('dialog'));
    return { ...rendered, user, dialog };
  }

  it('says what will happen, sends it once, and closes', async () => {
    const createRelease = jest.fn(async () => aRelease({ number: 3 }));
    const { user, dialog, toast } = await openDialog(
      mlApiMock({ createRelease }),
    );
    await user.click(dialog.getByRole('radio', { name: 'Production' }));
    await user.click(await dialog.findByRole('button', { name: /Version/ }));
    expect(
      await screen.findByText('1.1.0 is live in production already.'),
    ).toBeInTheDocument();
    await user.click(screen.getByRole('option', { name: /^1\.0\.0/ }));
    expect(
      dialog.getByText(/In production, requests go from 1.1.0 to 1.0.0/),
    ).toBeInTheDocument();
    await user.type(dialog.getByLabelText('Reason'), 'calmer');
    await user.click(
      dialog.getByRole('button', { name: 'Deploy 1.0.0 to production' }),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(createRelease).toHaveBeenCalledTimes(1);
    expect(createRelease).toHaveBeenCalledWith(
      'wine-classifier',
      {
        environment: 'production',
        version: '1.0.0',
        // Without a choice, the platform takes its own way.
        strategy: undefined,
        reason: 'calmer',
      },
      { idempotencyKey: expect.stringMatching(/^[0-9a-f]{32}$/) },
    );
    expect(toast.post).toHaveBeenCalled();
  });

  it('names what breaks when the API version changes', async () => {
    const next = aVersion({ version: '2.0.0' });
    next.interface = {
      ...next.interface,
      inputs: next.interface.inputs.slice(0, 1),
    };
    const { user, dialog } = await openDialog(
      mlApiMock({ listVersions: async () => ({ items: [next, aVersion()] }) }),
    );
    await user.click(dialog.getByRole('radio', { name: 'Production' }));
    await user.click(await dialog.findByRole('button', { name: /Version/ }));
    await user.click(await screen.findByRole('option', { name: /^2\.0\.0/ }));
    expect(
      dialog.getByText(/API version changes from 1 to 2/),
    ).toBeInTheDocument();
    expect(dialog.getByText(/input 'age' was removed/)).toBeInTheDocument();
  });

  it('stays open with the reason when the backend refuses', async () => {
    const { user, dialog } = await openDialog(
      mlApiMock({ createRelease: broken }),
    );
    await user.click(await dialog.findByRole('button', { name: /Version/ }));
    await user.click(await screen.findByRole('option', { name: /^1\.1\.0/ }));
    await user.click(
      dialog.getByRole('button', { name: 'Deploy 1.1.0 to staging' }),
    );
    expect(
      await dialog.findByText('The database is on holiday'),
    ).toBeInTheDocument();
  });
});

it('asks before it rolls back, and names what it does not restore', async () => {
  const user = userEvent.setup();
  const rollback = jest.fn(async () => aRelease({ kind: 'rollback' }));
  renderWithMl(<EnvironmentsCard />, { api: mlApiMock({ rollback }) });
  const production = await panel('Production');
  const button = production.getByRole('button', {
    name: 'Roll back to 1.0.0 in production',
  });
  await waitFor(() => expect(button).not.toHaveAttribute('aria-disabled'));
  await user.click(button);
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/back from 1.1.0 to 1.0.0/)).toBeInTheDocument();
  expect(dialog.getByText('It does not restore')).toBeInTheDocument();
  expect(rollback).not.toHaveBeenCalled();

  await user.click(dialog.getByRole('button', { name: 'Roll back to 1.0.0' }));
  await waitFor(() =>
    expect(rollback).toHaveBeenCalledWith(
      'wine-classifier',
      { environment: 'production', version: '1.0.0', reason: undefined },
      { idempotencyKey: expect.any(String) },
    ),
  );
});
