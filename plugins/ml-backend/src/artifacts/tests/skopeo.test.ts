import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mockCredentials } from '@backstage/backend-test-utils';
import { testDatabases } from '../../__testUtils__/databases';
import { pushModelPackBlobs } from '../__testUtils__/modelPack';
import {
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';

jest.setTimeout(60_000);

const run = promisify(execFile);
const databases = testDatabases();

async function skopeo(...args: string[]): Promise<string> {
  try {
    return (await run('skopeo', args)).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(
        'skopeo is missing: install it with `apt-get install skopeo`, `dnf install skopeo` or `brew install skopeo`',
      );
    }
    throw error;
  }
}

describe('skopeo, a client that we did not write', () => {
  let registry: TestRegistry;
  let folder: string;
  let image: (name: string) => string;

  beforeAll(async () => {
    registry = await startRegistry(await databases.init('SQLITE_3'));
    folder = await mkdtemp(join(tmpdir(), 'ml-skopeo-'));
    image = name => `${registry.url.replace('http:', 'docker:')}/${name}`;
    const manifest = await pushModelPackBlobs(registry.client, 'models/wine');
    await registry.client.putManifest('models/wine', '1.0.0', manifest);
  });

  afterAll(async () => {
    await registry?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  const creds = `user:${mockCredentials.user.token()}`;

  it('reads a manifest and lists tags', async () => {
    const stored = await registry.store.getManifest('models/wine', '1.0.0');
    const raw = await skopeo(
      'inspect',
      '--raw',
      '--tls-verify=false',
      `--creds=${creds}`,
      image('models/wine:1.0.0'),
    );
    expect(raw).toBe(stored!.bytes.toString());
    const tags = await skopeo(
      'list-tags',
      '--tls-verify=false',
      `--creds=${creds}`,
      image('models/wine'),
    );
    expect(JSON.parse(tags).Tags).toEqual(['1.0.0']);
  });

  it('copies a model out and back in, without a byte changed', async () => {
    const layout = `oci:${join(folder, 'wine')}:1.0.0`;
    await skopeo(
      'copy',
      '--src-tls-verify=false',
      `--src-creds=${creds}`,
      image('models/wine:1.0.0'),
      layout,
    );
    await skopeo(
      'copy',
      '--dest-tls-verify=false',
      `--dest-creds=${creds}`,
      layout,
      image('models/copy:1.0.0'),
    );
    const [original, copy] = await Promise.all(
      ['models/wine', 'models/copy'].map(repository =>
        registry.store.getManifest(repository, '1.0.0'),
      ),
    );
    expect(copy).toEqual(original);
    const index = await readFile(join(folder, 'wine/index.json'), 'utf8');
    expect(JSON.parse(index).manifests[0].digest).toBe(original!.digest);
  });

  it('is turned away without credentials', async () => {
    await expect(
      skopeo('inspect', '--tls-verify=false', image('models/wine:1.0.0')),
    ).rejects.toThrow(/unauthorized|authentication required/);
  });
});
