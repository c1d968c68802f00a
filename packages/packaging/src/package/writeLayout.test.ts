import { createHash } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { temporaryFolder } from '../__testUtils__';
import { modelYaml, writePackage } from '../__testUtils__';
import { buildPackage } from './buildPackage';
import { writeLayout } from './writeLayout';

describe('writeLayout', () => {
  const folder = temporaryFolder();

  it('writes an OCI layout in which each blob has the digest it is named by', async () => {
    const built = await buildPackage(
      await writePackage(folder.path('package')),
    );
    const output = folder.path('out/layout');
    await writeLayout(built, output);

    const read = (path: string) => readFile(`${output}/${path}`);
    expect(JSON.parse(`${await read('oci-layout')}`)).toEqual({
      imageLayoutVersion: '1.0.0',
    });
    const index = JSON.parse(`${await read('index.json')}`);
    expect(index.manifests[0]).toMatchObject({
      digest: built.manifest.digest,
      annotations: { 'org.opencontainers.image.ref.name': '1.0.0' },
    });
    const blobs = await readdir(`${output}/blobs/sha256`);
    // Five files, the configuration and the manifest.
    expect(blobs).toHaveLength(7);
    for (const blob of blobs) {
      const content = await read(`blobs/sha256/${blob}`);
      expect(createHash('sha256').update(content).digest('hex')).toBe(blob);
    }
    const manifest = JSON.parse(
      `${await read(`blobs/sha256/${built.manifest.digest.slice(7)}`)}`,
    );
    const layers = manifest.layers.map(
      (layer: { annotations: Record<string, string> }) =>
        layer.annotations['org.cncf.model.filepath'],
    );
    expect(layers).toEqual([...layers].sort());
  });

  it('gives the same digest whatever the place and the times', async () => {
    const one = await writePackage(folder.path('one'));
    const two = await writePackage(folder.path('two'));
    await utimes(folder.path('two/model.yaml'), 1, 1);
    const first = await buildPackage(one);
    expect((await buildPackage(two)).manifest.digest).toBe(
      first.manifest.digest,
    );
    await writePackage(two, { 'docs/new.md': 'x' });
    expect((await buildPackage(two)).manifest.digest).not.toBe(
      first.manifest.digest,
    );
  });

  it('replaces a layout, and nothing else', async () => {
    const directory = await writePackage(folder.path('package'));
    const output = folder.path('layout');
    await writeLayout(await buildPackage(directory), output);
    await writePackage(directory, {
      'model.yaml': modelYaml('An example', 'Another example'),
    });
    const built = await buildPackage(directory);
    await writeLayout(built, output);
    expect(`${await readFile(`${output}/index.json`)}`).toContain(
      built.manifest.digest,
    );
    expect(await readdir(`${output}/blobs/sha256`)).toHaveLength(7);
    await expect(writeLayout(built, directory)).rejects.toMatchObject({
      code: 'OUTPUT_NOT_EMPTY',
    });
  });

  it('notices a file that changes meanwhile', async () => {
    const built = await buildPackage(
      await writePackage(folder.path('package')),
    );
    await writeFile(folder.path('package/card.yaml'), 'changed');
    await expect(writeLayout(built, folder.path('out'))).rejects.toThrow(
      'card.yaml was changed while it was being packaged',
    );
    expect(await readdir(folder.path('.'))).toEqual(['package']);
  });
});
