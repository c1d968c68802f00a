import { NotAllowedError } from '@backstage/errors';
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
import { VersionFiles } from './VersionFiles';

const REQUEST = 'samples/request.json';
const version = aVersion({ version: '1.1.0' });

async function showRequest(
  getFileText: () => Promise<string>,
): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  renderWithMl(<VersionFiles version={version} />, {
    api: mlApiMock({ getFileText }),
  });
  await user.click(
    await screen.findByRole('button', { name: `Show ${REQUEST}` }),
  );
  return user;
}

describe('list of files', () => {
  it('tells path, size, digest and media type, and where to save them', async () => {
    renderWithMl(<VersionFiles version={version} />);
    const row = within(await screen.findByRole('row', { name: /model\.onnx/ }));
    expect(row.getByText('36.4 kB')).toBeInTheDocument();
    expect(row.getByTitle(`sha256:${'cd'.repeat(32)}`)).toBeInTheDocument();
    expect(row.getByText('application/octet-stream')).toBeInTheDocument();
    expect(
      await row.findByRole('link', { name: 'Download model.onnx' }),
    ).toHaveAttribute(
      'href',
      '/api/ml/v1/files/wine-classifier/1.1.0/model.onnx',
    );
    // Nobody reads weights.
    expect(row.queryByRole('button')).toBeNull();
  });

  it('says that a deleted version has none any more', async () => {
    renderWithMl(<VersionFiles version={aVersion({ state: 'deleted' })} />);
    expect(await screen.findByText(/version was deleted/)).toBeInTheDocument();
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('says that there are none', async () => {
    renderWithMl(<VersionFiles version={aVersion({ files: [] })} />);
    expect(await screen.findByText(/No file is known/)).toBeInTheDocument();
  });

  it('says why the browser cannot download, and tries again', async () => {
    const user = userEvent.setup();
    let refusals = 1;
    renderWithMl(<VersionFiles version={version} />, {
      cookie: () =>
        refusals-- > 0
          ? new Response('Sign in again', { status: 401 })
          : Response.json({ expiresAt: '2099-01-01T00:00:00Z' }),
    });
    expect(
      await screen.findByText(/cannot be downloaded .*401/),
    ).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: /Download/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('link', { name: 'Download model.onnx' }),
    ).toBeInTheDocument();
  });
});

describe('text of a file', () => {
  it('is shown when asked for, and hidden again', async () => {
    const user = await showRequest(async () => '{"inputs": []}');
    expect(
      await screen.findByRole('region', { name: REQUEST }),
    ).toHaveTextContent('{"inputs": []}');
    await user.click(screen.getByRole('button', { name: `Hide ${REQUEST}` }));
    expect(screen.queryByRole('region', { name: REQUEST })).toBeNull();
  });

  it('is on its way', async () => {
    await showRequest(pending);
    expect(await screen.findByText('Loading')).toBeInTheDocument();
  });

  it('may be empty', async () => {
    await showRequest(async () => '\n');
    expect(await screen.findByText(/Nothing stands/)).toBeInTheDocument();
  });

  it('may be forbidden', async () => {
    await showRequest(forbidden);
    expect(await screen.findByRole('alert')).toHaveTextContent('You may not');
  });

  it('may fail, and is tried again', async () => {
    let failures = 1;
    const user = await showRequest(async () =>
      failures-- > 0 ? broken() : '{"late": true}',
    );
    expect(await screen.findByRole('alert')).toHaveTextContent('on holiday');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('region', { name: REQUEST }),
    ).toHaveTextContent('late');
  });

  it('stays when it cannot be asked for again, and says so', async () => {
    let asked = 0;
    await showRequest(async () => {
      asked += 1;
      if (asked > 1) throw new NotAllowedError('Signed out');
      return '{"inputs": []}';
    });
    const text = await screen.findByRole('region', { name: REQUEST });
    window.dispatchEvent(new Event('focus'));
    expect(await screen.findByText(/Signed out/)).toBeInTheDocument();
    expect(text).toHaveTextContent('{"inputs": []}');
  });
});
