import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aVersion } from '../../__testUtils__/fixtures';
import {
  aliasesMock,
  broken,
  mlApiMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { VersionsTab } from './VersionsTab';

const open = (partial: Parameters<typeof mlApiMock>[0]) =>
  renderWithMl(<VersionsTab />, {
    path: '/?version=1.1.0',
    api: mlApiMock(partial),
  });

describe('what serves a version', () => {
  it('is told for a format other than onnx', async () => {
    const version = aVersion();
    open({
      getVersion: async () => ({
        ...version,
        format: 'mlserver',
        package: {
          ...version.package,
          format: 'mlserver',
          mlserver: {
            runtime: 'sklearn',
            python: '3.11',
            requirements: 'requirements.txt',
            acceptImports: ['fraud.Encoder'],
          },
        },
      }),
    });
    const table = within(
      await screen.findByRole('row', { name: 'MLServer runtime sklearn' }),
    );
    expect(table.getByRole('rowheader')).toBeInTheDocument();
    expect(
      screen.getByRole('row', { name: 'Accepted imports fraud.Encoder' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('row', { name: /^Image/ })).toBeNull();
  });
});

describe('bill of materials', () => {
  const createObjectURL = jest.fn((_content: Blob) => 'blob:bom');

  beforeEach(() => {
    Object.assign(URL, { createObjectURL, revokeObjectURL: () => {} });
  });

  it('is saved as a file', async () => {
    const user = userEvent.setup();
    const saved: string[] = [];
    const click = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function save(this: HTMLAnchorElement) {
        saved.push(`${this.download} ${this.href}`);
      });
    open({ getBom: async () => ({ bomFormat: 'CycloneDX' }) });
    await user.click(
      await screen.findByRole('button', { name: /Download BOM/ }),
    );
    await waitFor(() =>
      expect(saved).toEqual(['wine-classifier-1.1.0.cdx.json blob:bom']),
    );
    click.mockRestore();
  });

  it('says why it cannot be had', async () => {
    const user = userEvent.setup();
    open({ getBom: broken });
    await user.click(
      await screen.findByRole('button', { name: /Download BOM/ }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent('on holiday');
  });
});

describe('aliases of a version', () => {
  it('are told with every move that concerns it', async () => {
    open({
      aliases: aliasesMock({
        list: async () => ({
          items: [
            {
              model: 'wine-classifier',
              name: 'champion',
              version: '1.2.0',
              movedAt: '2026-11-23T11:00:00Z',
              movedBy: 'user:default/mia',
            },
          ],
        }),
        history: async () => ({
          items: [
            {
              from: '1.1.0',
              to: '1.2.0',
              at: '2026-11-23T11:00:00Z',
              by: 'user:default/mia',
              reason: 'Better',
            },
            {
              from: '1.0.0',
              to: '1.1.0',
              at: '2026-11-22T11:00:00Z',
              by: 'user:default/paul',
            },
            { to: '1.0.0', at: '2026-11-21T11:00:00Z', by: 'plugin:ml' },
          ],
        }),
      }),
    });
    const list = await screen.findByRole('list', { name: 'Aliases' });
    const [left, came, ...others] = within(list).getAllByRole('listitem');
    expect(left).toHaveTextContent(
      /@champion moved on to 1\.2\.0 .*mia: Better/,
    );
    expect(came).toHaveTextContent(/@champion came here from 1\.0\.0 .*paul/);
    expect(others).toEqual([]);
  });

  it('are told to be none', async () => {
    open({});
    expect(
      await screen.findByText('No alias has pointed at it.'),
    ).toBeInTheDocument();
  });

  it('do not hide the version when they cannot be had', async () => {
    open({ aliases: aliasesMock({ list: broken }) });
    expect(await screen.findByText(/on holiday/)).toBeInTheDocument();
    expect(screen.getByText('model.onnx')).toBeInTheDocument();
  });
});

it('shows state and notice of the version', async () => {
  open({
    getVersion: async () =>
      aVersion({
        state: 'deprecated',
        aliases: ['old'],
        deprecation: {
          at: '2026-11-23T00:00:00Z',
          by: 'user:default/mei',
          sunset: '2027-03-01T00:00:00Z',
          reason: 'Older data',
        },
      }),
  });
  const panel = within(await screen.findByRole('dialog'));
  expect(
    await panel.findByText('deprecated until 1 Mar 2027'),
  ).toBeInTheDocument();
  expect(panel.getByText(/Older data/)).toBeInTheDocument();
  expect(panel.getByText('@old')).toBeInTheDocument();
});
