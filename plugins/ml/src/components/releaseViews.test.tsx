import { Route, Routes } from 'react-router-dom';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aDeployment, aModel, aRelease } from '../__testUtils__/fixtures';
import {
  broken,
  evaluationsMock,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../__testUtils__/renderWithMl';
import { EnvironmentsCard } from './Environments';
import { PromoteDialog } from './PromoteDialog';
import { ReleaseBoard } from './ReleaseBoard';
import { ReleasePage } from './ReleasePage';

type Api = NonNullable<Parameters<typeof mlApiMock>[0]>;

const none = { count: 0 };
const STATS = {
  ...{ deployments: 4, succeeded: 3, failed: 1, aborted: 0, rollbacks: 1 },
  failureRate: 0.5,
  cycleTime: { count: 3, median: 3_600_000, p90: 7_200_000 },
  ...{ deployTime: none, rollbackTime: none },
};
const stats: Api['getReleaseStats'] = async () => ({
  ...{ environment: 'production', since: '2026-10-24T12:00:00Z' },
  ...{ total: STATS, teams: [] },
});
const staged = (model = {}) =>
  aModel({
    deployments: [
      aDeployment({ environment: 'staging', version: '1.2.0' }),
      aDeployment(),
    ],
    ...model,
  });
const gated = aRelease({
  ...{ id: 'release-3', number: 3, version: '1.2.0', state: 'gate' },
  ...{ evaluation: 'e1', finishedAt: undefined },
});

const openRelease = (api: Api, options = {}) =>
  renderWithMl(
    <Routes>
      <Route path="/ml/releases/:id" element={<ReleasePage />} />
    </Routes>,
    { path: '/ml/releases/release-2', api: mlApiMock(api), ...options },
  );
const openBoard = (api: Api = {}, options = {}) =>
  renderWithMl(<ReleaseBoard />, {
    api: mlApiMock({
      getReleaseStats: stats,
      listModels: async () => ({ items: [staged()], totalItems: 1 } as never),
      ...api,
    }),
    ...options,
  });

const STATES: Array<[string, () => Promise<never>, string | RegExp]> = [
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
];

describe('the page of a release', () => {
  it.each(STATES)('has a state for %s', async (_state, getRelease, text) => {
    openRelease({ getRelease });
    expect(await screen.findByText(text)).toBeInTheDocument();
  });

  it('tells what a release was and how it ended, and keeps it when a refresh fails', async () => {
    let fails = false;
    const { signals } = openRelease({
      getRelease: async () =>
        fails
          ? broken()
          : aRelease({ state: 'failed', error: 'no memory left' }),
    });
    expect(
      await screen.findByRole('heading', {
        name: 'wine-classifier 1.1.0 to production',
      }),
    ).toBeInTheDocument();
    expect(screen.getByText('no memory left')).toBeInTheDocument();
    expect(screen.getByText('More trees')).toBeInTheDocument();
    fails = true;
    await signals.send({ model: 'wine-classifier' });
    expect(
      await screen.findByText('This may be out of date'),
    ).toBeInTheDocument();
    expect(screen.getByText('no memory left')).toBeInTheDocument();
  });

  it('says what a release waits for at its gate, and aborts it', async () => {
    const user = userEvent.setup();
    const steerRelease = jest.fn(async () => aRelease({ state: 'aborted' }));
    openRelease({
      steerRelease,
      getRelease: async () => gated,
      getModel: async () =>
        staged({ deployments: [aDeployment({ activeRelease: gated })] }),
    });
    expect(
      await screen.findByText(
        /^It waits for the evaluation of 1\.2\.0 by the platform \(e1\).* abort it, or deploy another version in its place/,
      ),
    ).toBeInTheDocument();
    await user.click(
      await screen.findByRole('button', { name: /^Abort release #3/ }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Abort release #3 of 1.2.0?',
    });
    expect(dialog).toHaveTextContent('what is served does not change');
    await user.click(within(dialog).getByRole('button', { name: 'Abort' }));
    expect(steerRelease).toHaveBeenCalledWith('release-3', 'abort', {
      reason: undefined,
    });
  });
});

describe('the board of releases', () => {
  it.each(STATES)('has a state for %s', async (_state, listModels, text) => {
    openBoard({ listModels });
    expect(await screen.findByText(text)).toBeInTheDocument();
  });

  it('says how to begin while nothing is deployed', async () => {
    openBoard({
      listModels: async () =>
        ({ items: [aModel({ deployments: [] })], totalItems: 1 } as never),
    });
    expect(
      await screen.findByText('Nothing is deployed yet'),
    ).toBeInTheDocument();
  });

  it('shows by team what is in staging and in production, and the figures', async () => {
    let fails = false;
    const { signals } = openBoard({
      listModels: async () =>
        fails
          ? broken()
          : ({
              items: [
                staged({
                  deployments: [
                    aDeployment({ environment: 'staging', version: '1.2.0' }),
                    aDeployment({ activeRelease: gated }),
                  ],
                }),
              ],
            } as never),
    });
    const team = await screen.findByRole('region', {
      name: 'group:default/quality-team',
    });
    expect(
      within(team).getByRole('region', { name: 'Staging' }),
    ).toHaveTextContent('1.2.0');
    const production = within(team).getByRole('region', {
      name: 'Production',
    });
    expect(production).toHaveTextContent('1.1.0');
    expect(within(production).getByRole('link')).toHaveAttribute(
      'href',
      '/ml/releases/release-3',
    );
    const figures = screen.getByRole('region', { name: /the last 30 days/ });
    expect(await within(figures).findByText('50 %')).toBeInTheDocument();
    expect(figures).toHaveTextContent('3 succeeded, 1 failed, 0 aborted');
    expect(figures).toHaveTextContent('No data');

    fails = true;
    await signals.send({ model: 'wine-classifier' });
    expect(
      await screen.findByText('This may be out of date'),
    ).toBeInTheDocument();
    expect(team).toBeInTheDocument();
  });

  it('tells who may not promote why', async () => {
    openBoard(
      {
        // Answers are cached by resource for seconds, also across tests.
        listModels: async () =>
          ({ items: [staged({ name: 'of-others' })] } as never),
      },
      { denied: ['ml.release.production'] },
    );
    const promote = await screen.findByRole('button', {
      name: /^Promote of-others 1\.2\.0/,
    });
    await waitFor(() =>
      expect(promote).toHaveAccessibleDescription(
        /takes the permission ml.release.production/,
      ),
    );
    expect(promote).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('promoting', () => {
  const open = (api: Api = {}, action: { enabled: true } | object = {}) => {
    const onStarted = jest.fn();
    renderWithMl(
      <PromoteDialog
        model={staged()}
        version="1.2.0"
        action={{ enabled: true, ...action } as { enabled: true }}
        onStarted={onStarted}
        onClose={() => {}}
      />,
      { api: mlApiMock(api) },
    );
    return { onStarted };
  };
  const submit = () => screen.findByRole('button', { name: 'Promote 1.2.0' });

  it('asks once, says what will happen, and promotes the version that was seen', async () => {
    const user = userEvent.setup();
    const promote = jest.fn(async () => aRelease());
    const { onStarted } = open({ promote });
    const dialog = await screen.findByRole('dialog');
    expect(
      await within(dialog).findByText(/takes over step by step/),
    ).toBeInTheDocument();
    expect(dialog).not.toHaveTextContent('waits at the gate');
    await user.type(screen.getByRole('textbox', { name: 'Reason' }), 'Tried');
    await user.click(await submit());
    expect(promote).toHaveBeenCalledWith(
      'wine-classifier',
      { version: '1.2.0', reason: 'Tried' },
      { idempotencyKey: expect.any(String) },
    );
    expect(onStarted).toHaveBeenCalled();
  });

  it('says that a version waits at the gate that was not evaluated', async () => {
    open({
      evaluations: evaluationsMock({
        gate: async (model, version) => ({
          ...{ model, version, passed: false, evaluable: true },
          ...{ requiredFor: ['production'], message: 'it was not evaluated' },
        }),
      }),
    });
    expect(
      await screen.findByText(/1\.2\.0 was not evaluated yet: .*at the gate/),
    ).toBeInTheDocument();
  });

  it('does not offer what the gate would refuse, and says why', async () => {
    open({
      evaluations: evaluationsMock({
        gate: async (model, version) => ({
          ...{ model, version, passed: false, evaluable: false },
          ...{ requiredFor: ['production'], message: 'it did not pass' },
        }),
      }),
    });
    const button = await submit();
    expect(button).toHaveAttribute('aria-disabled', 'true');
  });

  it.each([
    ['a failure', broken, 'The database is on holiday'],
    ['a refusal', forbidden, 'You may not read models'],
  ])('shows %s, and can be sent again', async (_what, promote, text) => {
    const user = userEvent.setup();
    open({ promote });
    await user.click(await submit());
    expect(await screen.findByRole('alert')).toHaveTextContent(text);
    expect(await submit()).not.toHaveAttribute('aria-disabled', 'true');
  });

  it('can be asked for while what awaits it is still being looked up', async () => {
    open({ getReleaseOutlook: pending });
    expect(await screen.findByRole('dialog')).toHaveTextContent(
      'The very same bytes of 1.2.0',
    );
  });
});

describe('the panel of an environment', () => {
  it('shows the gate as the first step, and lets somebody roll back meanwhile', async () => {
    renderWithMl(<EnvironmentsCard />, {
      api: mlApiMock({
        getModel: async () =>
          aModel({ deployments: [aDeployment({ activeRelease: gated })] }),
      }),
    });
    const panel = await screen.findByRole('region', { name: 'Production' });
    const [first] = within(panel).getAllByRole('listitem');
    expect(first).toHaveTextContent('Gate: passed its evaluation');
    expect(first).toHaveAttribute('aria-current', 'step');
    expect(panel).toHaveTextContent('nothing changes for callers');
    const back = await within(panel).findByRole('button', {
      name: /^Roll back to 1\.0\.0/,
    });
    expect(back).not.toHaveAttribute('aria-disabled', 'true');
  });
});
