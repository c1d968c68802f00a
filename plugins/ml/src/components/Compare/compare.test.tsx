import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aVersion } from '../../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { VersionsTab } from '../Versions';

const SHOWN = '/?compare=1.1.0,1.0.0&view=compare';

/** 1.0.0 is older and bigger than 1.1.0, and the same otherwise. */
const getVersion = async (_model: string, version: string) =>
  aVersion({
    version,
    ...(version === '1.0.0' && { aliases: ['old'], sizeBytes: 60_000 }),
  });

it('compares the versions that are ticked', async () => {
  const user = userEvent.setup();
  renderWithMl(<VersionsTab />, { api: mlApiMock({ getVersion }) });
  await user.click(
    await screen.findByRole('checkbox', { name: 'Compare 1.1.0' }),
  );
  const compare = screen.getByRole('button', { name: /^Compare versions/ });
  expect(compare).toHaveAccessibleDescription(/Choose 2 to 4 versions/);
  await user.click(screen.getByRole('checkbox', { name: 'Compare 1.0.0' }));
  await user.click(
    await screen.findByRole('button', { name: 'Compare versions (2)' }),
  );
  expect(
    await screen.findByRole('columnheader', { name: '1.0.0' }),
  ).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'All versions' }));
  expect(
    await screen.findByRole('checkbox', { name: 'Compare 1.0.0' }),
  ).toBeChecked();
});

it('shows what differs, and everything when asked to', async () => {
  const user = userEvent.setup();
  renderWithMl(<VersionsTab />, {
    path: SHOWN,
    api: mlApiMock({ getVersion }),
  });
  const size = await screen.findByRole('row', { name: /^all files/ });
  expect(size).toHaveTextContent('48.9 kB60.0 kB');
  const aliases = screen.getByRole('row', { name: /^aliases/ });
  expect(within(aliases).getByText('old')).toBeInTheDocument();
  expect(within(aliases).getByText('not told')).toBeInTheDocument();
  expect(screen.queryByRole('row', { name: /^format/ })).toBeNull();

  await user.click(screen.getByRole('switch', { name: 'Differences only' }));
  expect(screen.getByRole('row', { name: /^format/ })).toHaveTextContent(
    'onnxonnx',
  );
  expect(
    screen.getByRole('row', { name: /^breaks callers/ }),
  ).toHaveTextContent('nono');
});

it('says that versions do not differ', async () => {
  renderWithMl(<VersionsTab />, { path: SHOWN });
  expect(await screen.findByText('No difference')).toBeInTheDocument();
});

it('shows the list when the address names too few versions', async () => {
  renderWithMl(<VersionsTab />, { path: '/?compare=1.1.0&view=compare' });
  expect(
    await screen.findByRole('checkbox', { name: 'Compare 1.1.0' }),
  ).toBeChecked();
});

it.each([
  ['loading', pending, 'Loading'],
  ['failed', broken, 'The database is on holiday'],
  ['forbidden', forbidden, 'You may not see this'],
])('has a state for %s, with a way back', async (_state, load, text) => {
  renderWithMl(<VersionsTab />, {
    path: SHOWN,
    api: mlApiMock({ getVersion: load }),
  });
  expect(await screen.findByText(text)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'All versions' })).toBeVisible();
});
