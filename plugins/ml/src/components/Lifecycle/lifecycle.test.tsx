import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Version } from '@ml-platform/plugin-ml-common';
import { aModel, aVersion } from '../../__testUtils__/fixtures';
import {
  mlApiMock,
  renderWithMl,
  versionsMock,
} from '../../__testUtils__/renderWithMl';
import { isoDayInWeeks } from '../../lib/time';
import { VersionsTab } from '../Versions';

/** The tab with one version beside 1.1.0, and the menu of that one opened. */
async function openMenu(
  version: Partial<Version>,
  versions: Parameters<typeof versionsMock>[0] = {},
  denied: string[] = [],
) {
  const user = userEvent.setup();
  const shown = aVersion({ version: '0.9.0', ...version });
  const view = renderWithMl(<VersionsTab />, {
    denied,
    api: mlApiMock({
      // Answers about permissions are cached by resource for seconds, also across tests.
      getModel: async () =>
        aModel(denied.length ? { name: `without-${denied.join('-')}` } : {}),
      listVersions: async () => ({ items: [aVersion(), shown] }),
      versions: versionsMock(versions),
    }),
  });
  await user.click(
    await screen.findByRole('button', { name: 'More for 0.9.0' }),
  );
  const choose = async (name: RegExp) =>
    user.click(await screen.findByRole('menuitem', { name }));
  return { user, choose, ...view };
}

const dialog = async () => within(await screen.findByRole('dialog'));

it('labels states and aliases', async () => {
  renderWithMl(<VersionsTab />, {
    api: mlApiMock({
      listVersions: async () => ({
        items: [
          aVersion({ version: '1.3.0', state: 'draft' }),
          aVersion({ aliases: ['champion'] }),
          aVersion({
            version: '1.0.0',
            state: 'deprecated',
            deprecation: {
              at: '2026-11-23T00:00:00Z',
              by: 'user:default/mei',
              sunset: '2027-03-01T00:00:00Z',
              reason: 'Older data',
              replacement: '1.2.0',
            },
          }),
        ],
      }),
    }),
  });
  expect(await screen.findByText('draft')).toBeInTheDocument();
  expect(screen.getByText('@champion')).toBeInTheDocument();
  expect(
    screen.getByText('deprecated until 1 Mar 2027 → 1.2.0'),
  ).toHaveAttribute('title', 'Older data');
});

it('publishes a draft once it is confirmed', async () => {
  const publish = jest.fn(async () => aVersion());
  const { choose, user, toast } = await openMenu(
    { state: 'draft' },
    { publish },
  );
  await choose(/^Publish/);
  const asked = await dialog();
  expect(asked.getByText(/cannot become a draft again/)).toBeInTheDocument();
  expect(publish).not.toHaveBeenCalled();
  await user.click(asked.getByRole('button', { name: 'Publish 0.9.0' }));
  expect(publish).toHaveBeenCalledWith('wine-classifier', '0.9.0');
  expect(toast.post).toHaveBeenCalledWith(
    expect.objectContaining({ title: '0.9.0 is published' }),
  );
});

it('deprecates with eight weeks of notice and a reason', async () => {
  const deprecate = jest.fn(async () => aVersion());
  const { choose, user } = await openMenu({}, { deprecate });
  await choose(/^Deprecate/);
  const asked = await dialog();
  const submit = asked.getByRole('button', { name: 'Deprecate 0.9.0' });
  expect(submit).toHaveAccessibleDescription('Say why first.');
  await user.type(asked.getByRole('textbox', { name: /Reason/ }), 'Old data');
  const sunset = asked.getByLabelText('Sunset');
  fireEvent.change(sunset, {
    target: { value: isoDayInWeeks(4, Date.now()) },
  });
  expect(submit).toHaveAccessibleDescription(/Choose a sunset on/);
  const late = isoDayInWeeks(12, Date.now());
  fireEvent.change(sunset, { target: { value: late } });
  await user.click(submit);
  expect(deprecate).toHaveBeenCalledWith('wine-classifier', '0.9.0', {
    sunset: late,
    reason: 'Old data',
    replacement: undefined,
  });
});

it('asks for a deletion, and shows the refusal of the server', async () => {
  const requestDeletion = jest.fn(async () => {
    throw new Error('production keeps it for pinned callers');
  });
  const { choose, user } = await openMenu(
    { aliases: ['old'] },
    { requestDeletion },
  );
  await choose(/^Delete/);
  const asked = await dialog();
  expect(asked.getByText(/second person must approve/)).toBeInTheDocument();
  expect(asked.getByText(/alias old/)).toBeInTheDocument();
  expect(asked.getByText(/It cannot be taken back/)).toBeInTheDocument();
  await user.type(asked.getByRole('textbox', { name: /Reason/ }), 'Wrong data');
  await user.click(asked.getByRole('button', { name: 'Ask for the deletion' }));
  expect(await asked.findByRole('alert')).toHaveTextContent(
    'production keeps it for pinned callers',
  );
  expect(requestDeletion).toHaveBeenCalledWith('wine-classifier', '0.9.0', {
    reason: 'Wrong data',
  });
});

it('says that a draft is deleted at once', async () => {
  const { choose } = await openMenu({ state: 'draft' });
  await choose(/^Delete/);
  const asked = await dialog();
  expect(asked.getByText(/no second person is asked/)).toBeInTheDocument();
});

it('gives the reason of a step that cannot be taken, and does nothing', async () => {
  const { choose } = await openMenu({}, {}, ['ml.version.delete']);
  expect(
    await screen.findByText(/takes the permission ml\.version\.delete/),
  ).toBeInTheDocument();
  expect(screen.getByRole('menuitem', { name: /^Publish/ })).toHaveTextContent(
    '0.9.0 is not a draft.',
  );
  await choose(/^Delete/);
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});
