import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MlProcess } from './__testUtils__/MlProcess';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
import { modelYaml, writePackage } from '@ml-platform/packaging/testUtils';

jest.setTimeout(60_000);

// printf 'a,b\n1,2\n' | sha256sum
const DIGEST =
  'sha256:492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470';

describe('lineage at ml package', () => {
  const folder = temporaryFolder();
  let process: MlProcess;
  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterAll(() => process.dispose());

  const pack = async () => {
    const result = await process.run([
      ...['package', folder.path('made'), '--json'],
    ]);
    const digest: string | undefined =
      result.code === 0 ? JSON.parse(result.stdout).data.digest : undefined;
    return { ...result, digest };
  };
  const make = (lineage: string) =>
    writePackage(folder.path('made'), {
      'model.yaml': modelYaml(
        'format: onnx',
        `# Where from\nlineage:\n${lineage}\nformat: onnx`,
      ),
      'data/train.csv': 'a,b\n1,2\n',
    });
  const read = () => readFile(folder.path('made/model.yaml'), 'utf8');

  it('notes the digest of a dataset that is a file, once', async () => {
    await make(
      '  datasets:\n    - name: train\n      uri: data/train.csv\n    - name: far\n      uri: s3://bucket/far.csv',
    );
    const first = await pack();
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain(
      'Noted in model.yaml: lineage.datasets[0].digest',
    );
    const noted = await read();
    expect(noted).toContain(`digest: ${DIGEST}`);
    expect(noted.match(/digest:/g)).toHaveLength(1);
    expect(noted).toContain('# Where from');

    const second = await pack();
    expect(second.digest).toBe(first.digest);
    expect(second.stderr).not.toContain('Noted');
    expect(await read()).toBe(noted);

    await writeFile(folder.path('made/data/train.csv'), 'other');
    const changed = await pack();
    expect(changed).toMatchObject({ code: 1, stdout: '' });
    expect(changed.stderr).toContain(
      'data/train.csv is not the file that lineage.datasets[0].digest names',
    );
  });

  it('warns of a commit that the checkout does not have, or has changed', async () => {
    const git = (...args: string[]) =>
      promisify(execFile)('git', args, { cwd: folder.path('.') });
    await make('  code:\n    commit: 4f2a9c14f2a9c14f2a9c14f2a9c14f2a9c14f2a9');
    expect((await pack()).stderr).not.toContain('lineage.code.commit');
    await git('init', '-q');
    await git('config', 'user.email', 'mia@example.com');
    await git('config', 'user.name', 'Mia');
    await git('add', '.');
    await git('commit', '-qm', 'Train');
    const unknown = await pack();
    expect(unknown).toMatchObject({ code: 0 });
    expect(unknown.stderr).toContain('is not in the history of this checkout');

    const { stdout } = await git('rev-parse', 'HEAD');
    await writeFile(
      folder.path('made/model.yaml'),
      (await read()).replace(/commit: .*/, `commit: ${stdout.trim()}`),
    );
    await git('commit', '-qam', 'Name the commit');
    const known = await pack();
    expect(known.stderr).not.toContain('lineage.code.commit');
    await writeFile(folder.path('made/data/train.csv'), 'more');
    const dirty = await pack();
    expect(dirty.stderr).toContain('uncommitted changes');
  });
});
