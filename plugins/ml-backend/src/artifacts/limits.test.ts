import { testDatabases } from '../__testUtils__/databases';
import { errorOf } from './__testUtils__/RegistryClient';
import {
  startRegistry,
  type TestRegistry,
} from './__testUtils__/startRegistry';

const LIMIT = 1000;
const databases = testDatabases();

describe('a limit with an exception for one model', () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry(await databases.init('SQLITE_3'), {
      limits: {
        limitFor: async repository =>
          repository === 'models/large' ? 2 * LIMIT : LIMIT,
      },
    });
  });

  afterAll(() => registry?.stop());

  async function pushBoth(repository: string) {
    const blobs = await Promise.all(
      ['a', 'b'].map(fill =>
        registry.client.pushBlob(repository, fill.repeat(LIMIT * 0.8)),
      ),
    );
    const [config, layer] = blobs.map(blob => ({
      mediaType: 'text/plain',
      ...blob,
    }));
    return registry.client.putManifest(repository, 'both', {
      schemaVersion: 2,
      config,
      layers: [layer],
    });
  }

  it('holds for each blob', async () => {
    const content = 'x'.repeat(1.5 * LIMIT);
    await expect(
      registry.client.pushBlob('models/small', content),
    ).rejects.toThrow('larger than this store accepts, which is 1000 bytes');
    await registry.client.pushBlob('models/large', content);
  });

  it('holds for all blobs of a manifest together', async () => {
    expect(await errorOf(await pushBoth('models/small'))).toMatchObject({
      status: 413,
      code: 'SIZE_INVALID',
    });
    expect((await pushBoth('models/large')).status).toBe(201);
  });
});
