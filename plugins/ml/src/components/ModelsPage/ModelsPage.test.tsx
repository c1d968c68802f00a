import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aDeployment, aModel, aRelease } from '../../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { ModelsPage } from './ModelsPage';

async function row(name: string) {
  return within(await screen.findByRole('row', { name: new RegExp(name) }));
}

it('shows what is live where, how it is, since when and by whom', async () => {
  renderWithMl(<ModelsPage />);
  const model = await row('wine-classifier');
  expect(model.getByRole('link', { name: 'wine-classifier' })).toHaveAttribute(
    'href',
    '/catalog/default/model/wine-classifier',
  );
  const [production, staging, latest] = model.getAllByRole('gridcell');
  expect(production).toHaveTextContent(/1\.1\.0.*Healthy.*ago by mei/);
  expect(within(production).getByText(/ago$/)).toHaveAttribute('title');
  expect(staging).toHaveTextContent('Never deployed here');
  expect(latest).toHaveTextContent('1.1.0');
});

it('shows a release under way as a state of its own, beside what is live', async () => {
  const deployment = aDeployment({
    activeRelease: aRelease({ version: '1.2.0', state: 'loading' }),
  });
  renderWithMl(<ModelsPage />, {
    api: mlApiMock({
      listModels: async () => ({
        items: [aModel({ deployments: [deployment] })],
      }),
      listDeployments: async () => ({ items: [deployment] }),
    }),
  });
  const model = await row('wine-classifier');
  expect(model.getByText('Healthy')).toBeInTheDocument();
  expect(model.getByText('1.2.0 on its way: loading')).toBeInTheDocument();
  const summary = await screen.findByRole('list', { name: 'Summary' });
  await waitFor(() =>
    expect(
      within(summary)
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toEqual([
      '1Model',
      '1Live in production',
      '1Releases under way',
      '0Failed',
    ]),
  );
});

it('says that the newest release failed, and why, beside what still is live', async () => {
  const deployment = aDeployment({
    lastFailure: aRelease({
      number: 7,
      version: '1.2.0',
      state: 'failed',
      error: 'digest mismatch',
    }),
  });
  renderWithMl(<ModelsPage />, {
    api: mlApiMock({
      listModels: async () => ({
        items: [aModel({ deployments: [deployment] })],
      }),
      listDeployments: async () => ({ items: [deployment] }),
    }),
  });
  const model = await row('wine-classifier');
  expect(model.getByText('Healthy')).toBeInTheDocument();
  expect(model.getByText('Release #7 to 1.2.0 failed')).toBeInTheDocument();
  expect(model.getByTitle('digest mismatch')).toBeInTheDocument();
});

it('says "no data", never 0, when the numbers cannot be had', async () => {
  renderWithMl(<ModelsPage />, {
    api: mlApiMock({ listDeployments: broken }),
  });
  const summary = await screen.findByRole('list', { name: 'Summary' });
  await waitFor(() =>
    expect(within(summary).getAllByText('No data')).toHaveLength(4),
  );
});

it('says which commands to run when there is no model', async () => {
  renderWithMl(<ModelsPage />, {
    api: mlApiMock({ listModels: async () => ({ items: [] }) }),
  });
  expect(await screen.findByText('No models yet')).toBeInTheDocument();
  expect(
    screen.getByText(/npx ml register examples\/wine-classifier/),
  ).toBeInTheDocument();
});

it('shows the shape of the table while it loads', async () => {
  renderWithMl(<ModelsPage />, { api: mlApiMock({ listModels: pending }) });
  expect(await screen.findByText('Loading table data.')).toBeInTheDocument();
});

it('shows why it failed, and tries again', async () => {
  const user = userEvent.setup();
  const listModels = jest
    .fn()
    .mockImplementationOnce(broken)
    .mockImplementationOnce(broken)
    .mockResolvedValue({ items: [aModel()] });
  renderWithMl(<ModelsPage />, { api: mlApiMock({ listModels }) });
  expect(
    await screen.findByText('The database is on holiday'),
  ).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await row('wine-classifier');
});

it('says that one may not look, and offers no retry', async () => {
  renderWithMl(<ModelsPage />, {
    api: mlApiMock({ listModels: forbidden, listDeployments: forbidden }),
  });
  expect(await screen.findByText('You may not see this')).toBeInTheDocument();
  expect(screen.getByText('You may not read models')).toBeInTheDocument();
  await waitFor(() =>
    expect(
      screen.queryByRole('list', { name: 'Summary' }),
    ).not.toBeInTheDocument(),
  );
  expect(
    screen.queryByRole('button', { name: 'Try again' }),
  ).not.toBeInTheDocument();
});

it('marks the table as out of date when a refresh fails', async () => {
  let fails = false;
  const listModels = jest.fn(async () => {
    if (fails) throw new Error('connection lost');
    return { items: [aModel()] };
  });
  const { signals } = renderWithMl(<ModelsPage />, {
    api: mlApiMock({ listModels }),
  });
  await row('wine-classifier');
  fails = true;
  await signals.send({ model: 'wine-classifier' });
  expect(
    await screen.findByText('This may be out of date'),
  ).toBeInTheDocument();
  expect(screen.getByText(/connection lost/)).toBeInTheDocument();
  await row('wine-classifier');
});

it('searches and pages on the server', async () => {
  const user = userEvent.setup();
  const listModels = jest.fn(async query => ({
    items: [aModel({ name: query?.cursor ? 'second' : 'first' })],
    nextCursor: query?.cursor ? undefined : 'next',
  }));
  renderWithMl(<ModelsPage />, {
    api: mlApiMock({ listModels }),
    path: '/?q=wine',
  });
  await row('first');
  expect(listModels).toHaveBeenCalledWith(
    expect.objectContaining({ q: 'wine', limit: 20 }),
  );
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await row('second');
  expect(listModels).toHaveBeenCalledWith(
    expect.objectContaining({ q: 'wine', cursor: 'next' }),
  );
  await user.click(screen.getByRole('button', { name: 'First page' }));
  await row('first');

  await user.type(screen.getByRole('searchbox'), ' red');
  await waitFor(() =>
    expect(listModels).toHaveBeenCalledWith(
      expect.objectContaining({ q: 'wine red', cursor: undefined }),
    ),
  );
});
