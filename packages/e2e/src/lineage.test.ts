import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Platform } from './testing/Platform';
import { expectSuccess, repository } from './testing/run';
import { signInAs } from './testing/signInAs';

describe('lineage of the examples', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-lineage-e2e-'));
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
  }, 300_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await platform?.dispose();
  });

  const mlAs = async (person: string, ...args: string[]) => {
    const outcome = await platform.ml([...args, '--json'], {
      env: {
        ...{ ...platform.env, CI: 'true', ML_URL: platform.url },
        ML_TOKEN: await signInAs(platform, person),
      },
    });
    expectSuccess(outcome);
    return JSON.parse(outcome.stdout);
  };
  const ml = (...args: string[]) => mlAs('mei', ...args);

  it('goes from a version back to its data, and from the data to versions', async () => {
    expectSuccess(
      await platform.ml(['register', 'examples/wine-classifier-next']),
    );
    const { data } = await ml('lineage', 'wine-classifier@1.1.0');
    const ofKind = (kind: string) =>
      data.nodes.filter((node: { kind: string }) => node.kind === kind);
    expect(
      ofKind('version')
        .map((node: any) => node.version)
        .sort(),
    ).toEqual(['1.0.0', '1.1.0']);
    const [training] = ofKind('dataset');
    const { items } = await ml('lineage', '--dataset', training.digest);
    expect(items.map((use: any) => use.version)).toEqual(['1.1.0', '1.0.0']);
  });

  it.each([
    ['wine-classifier', 'mei'],
    ['diabetes-risk', 'hana'],
  ])(
    'finds all that %s was made from, and lays it out',
    async (model, engineer) => {
      const out = join(folder, model);
      const { data } = await mlAs(
        engineer,
        ...['reproduce', `${model}@1.0.0`, '--out', out],
      );
      expect(data.matches).toBe(true);
      for (const path of ['code/train.py', 'environment/requirements.txt']) {
        expect(readFileSync(join(out, path), 'utf8')).toBe(
          readFileSync(
            join(repository, 'examples', model, path.split('/')[1]),
            'utf8',
          ),
        );
      }
      expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain(
        'python train.py',
      );
    },
  );
});
