import { lineageSchema } from './lineage';

const DIGEST = `sha256:${'a'.repeat(64)}`;

const problemsOf = (lineage: unknown) =>
  lineageSchema
    .safeParse(lineage)
    .error?.issues.map(({ message, path }) => `${path.join('.')}: ${message}`);

describe('lineage in model.yaml', () => {
  it('stays valid as it was before data sets had roles and versions had parents', () => {
    expect(
      problemsOf({
        datasets: [
          { name: 'wine', uri: 's3://data/wine', digest: DIGEST },
          { name: 'told only' },
        ],
        code: { repository: '.', commit: '4f2a9c1', path: 'train.py' },
        parameters: { trees: 40, bootstrap: true, loss: 'log' },
        environment: { python: '3.11', baseImage: 'any text', lockFile: 'too' },
        run: { tracker: 'mlflow', id: '8d2c' },
      }),
    ).toBeUndefined();
    expect(problemsOf({})).toBeUndefined();
  });

  it('names data, code, environment, run and parents in full', () => {
    expect(
      problemsOf({
        datasets: [
          { name: 'wine', digest: DIGEST, role: 'validation', version: '2' },
        ],
        code: { path: 'train.py', digest: DIGEST, command: 'python train.py' },
        lockFile: { path: 'requirements.txt', digest: DIGEST },
        baseImage: `docker.io/library/python@${DIGEST}`,
        run: { tracker: 'wandb', id: '1', uri: 'https://wandb.example/1' },
        parents: [
          {
            model: 'base',
            version: '1.0.0',
            relation: 'distilled',
            digest: DIGEST,
          },
        ],
      }),
    ).toBeUndefined();
  });

  it.each([
    [{ datasets: [{ name: 'wine', role: 'trial' }] }, 'datasets.0.role'],
    [{ datasets: [{ name: 'wine', digest: 'md5:1' }] }, 'datasets.0.digest'],
    [{ lockFile: { path: 'requirements.txt' } }, 'lockFile.digest'],
    [{ parents: [{ model: 'base', version: '1' }] }, 'parents.0.version'],
    [
      { parents: [{ model: 'base', version: '1.0.0', relation: 'copied' }] },
      'parents.0.relation',
    ],
    [{ dataset: [] }, 'Unrecognized key'],
  ])('refuses %j', (lineage, where) => {
    expect(problemsOf(lineage)?.join()).toContain(where);
  });
});
