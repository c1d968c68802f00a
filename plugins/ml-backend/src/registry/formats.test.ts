import { testDatabases } from '../__testUtils__/databases';
import { containerPackage, picklePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';

describe.each(databases.ids)('formats other than onnx on %s', databaseId => {
  let platform: TestPlatform;
  beforeEach(async () => {
    platform = await TestPlatform.start({
      knex: await databases.init(databaseId),
    });
  });
  afterEach(() => platform.stop());

  it('are registered, found by their name, and keep the promise to callers', async () => {
    const pickled = await platform.register(
      MODEL,
      '1.0.0',
      picklePackage('1.0.0', 'pipeline.joblib'),
    );
    expect(pickled).toMatchObject({
      format: 'mlserver',
      package: {
        artifact: 'model.joblib',
        mlserver: {
          runtime: 'sklearn',
          python: '3.11',
          requirements: 'requirements.txt',
        },
      },
    });
    // A version may come in another format as long as callers see no difference.
    const own = await platform.register(
      MODEL,
      '1.1.0',
      containerPackage('1.1.0'),
    );
    expect(own).toMatchObject({
      format: 'container',
      package: { container: { port: 8080 } },
    });
    expect(own.package.artifact).toBeUndefined();
    await expect(
      platform.register(
        MODEL,
        '1.2.0',
        containerPackage('1.2.0', ['datatype: FP32', 'datatype: FP64']),
      ),
    ).rejects.toMatchObject(refusal(400, /changed from FP32 to FP64/));
    const { items } = await platform
      .as()
      .versions.search({ format: 'container' });
    expect(items.map(({ version }) => version)).toEqual(['1.1.0']);
  });

  it('are released with all that the data plane needs to start them', async () => {
    await platform.register(
      MODEL,
      '1.0.0',
      picklePackage('1.0.0', 'pipeline.joblib'),
    );
    await platform.register(MODEL, '1.1.0', containerPackage('1.1.0'));
    for (const version of ['1.0.0', '1.1.0']) {
      const release = await platform
        .as()
        .createRelease(MODEL, { environment: 'staging', version });
      expect((await platform.finished(release)).state).toBe('succeeded');
    }
    expect(platform.target.asked).toMatchObject([
      {
        version: '1.0.0',
        format: 'mlserver',
        artifact: 'model.joblib',
        mlserver: { runtime: 'sklearn', requirements: 'requirements.txt' },
      },
      { version: '1.1.0', format: 'container', container: { port: 8080 } },
    ]);
  });

  it.each([
    ['harm-4.pkl', "imports 'builtins.eval'"],
    ['harm.joblib', "imports 'subprocess.call'"],
    ['forest-xz.joblib', 'compressed with xz'],
  ])('are refused with the pickle %s', async (fixture, message) => {
    await expect(
      platform.register(MODEL, '1.0.0', picklePackage('1.0.0', fixture)),
    ).rejects.toMatchObject(refusal(400, message));
    await expect(platform.as().getModel(MODEL)).rejects.toMatchObject(
      refusal(404, MODEL),
    );
  });

  it('are refused with requirements that are not pinned', async () => {
    await expect(
      platform.register(
        MODEL,
        '1.0.0',
        picklePackage('1.0.0', 'pipeline.joblib', 'scikit-learn>=1\n'),
      ),
    ).rejects.toMatchObject(
      refusal(400, "requirements.txt:1: 'scikit-learn>=1' names no exact"),
    );
  });
});
