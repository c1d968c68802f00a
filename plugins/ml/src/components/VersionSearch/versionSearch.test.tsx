import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Version } from '@ml-platform/plugin-ml-common';
import { aVersion } from '../../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
  versionsMock,
} from '../../__testUtils__/renderWithMl';
import { VersionSearchPage } from './VersionSearchPage';

function renderSearch(
  items: Version[],
  options: { path?: string; nextCursor?: string } = {},
) {
  const search = jest.fn(async () => ({
    items,
    nextCursor: options.nextCursor,
  }));
  const view = renderWithMl(<VersionSearchPage />, {
    path: options.path ?? '/',
    api: mlApiMock({ versions: versionsMock({ search }) }),
  });
  return { ...view, search };
}

it('asks for everything that is known of versions, and shows what is found', async () => {
  const user = userEvent.setup();
  const { search } = renderSearch([aVersion({ aliases: ['champion'] })]);
  expect(
    await screen.findByRole('row', { name: /wine-classifier@1\.1\.0/ }),
  ).toHaveTextContent(/@champion.*accuracy 0\.98614/);
  const form = within(
    screen.getByRole('form', { name: 'Search for versions' }),
  );
  await user.type(form.getByRole('textbox', { name: 'Text' }), 'wine');
  await user.type(
    form.getByRole('textbox', { name: 'Owner' }),
    'group:default/q',
  );
  await user.type(form.getByRole('textbox', { name: 'Tags' }), 'a, b');
  await user.type(form.getByRole('textbox', { name: 'Metrics' }), 'good');
  await user.click(form.getByRole('button', { name: 'Search' }));
  expect(form.getByText(/'good' is no condition/)).toBeInTheDocument();
  expect(search).toHaveBeenCalledTimes(1);

  const metrics = form.getByRole('textbox', { name: 'Metrics' });
  await user.clear(metrics);
  await user.type(metrics, 'accuracy>=0.9, f1>0.8');
  await user.type(form.getByRole('textbox', { name: 'Alias' }), 'champion');
  await user.click(form.getByRole('button', { name: 'Search' }));
  expect(search).toHaveBeenLastCalledWith(
    expect.objectContaining({
      q: 'wine',
      owner: 'group:default/q',
      tags: ['a', 'b'],
      metrics: ['accuracy>=0.9', 'f1>0.8'],
      alias: 'champion',
    }),
  );
});

it('reads the address, and goes from page to page', async () => {
  const user = userEvent.setup();
  const { search } = renderSearch([aVersion()], {
    path: '/?format=onnx&state=draft&liveIn=staging&state=nonsense',
    nextCursor: 'abc',
  });
  await screen.findByRole('row', { name: /1\.1\.0/ });
  const asked = { format: 'onnx', state: 'draft', liveIn: 'staging' };
  expect(search).toHaveBeenCalledWith(
    expect.objectContaining({ ...asked, cursor: undefined }),
  );
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  expect(search).toHaveBeenLastCalledWith(
    expect.objectContaining({ ...asked, cursor: 'abc' }),
  );
});

it.each([
  ['empty', async () => ({ items: [] }), 'No version matches'],
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s', async (_state, search, text) => {
  renderWithMl(<VersionSearchPage />, {
    api: mlApiMock({ versions: versionsMock({ search }) }),
  });
  expect(await screen.findByText(text)).toBeInTheDocument();
});
