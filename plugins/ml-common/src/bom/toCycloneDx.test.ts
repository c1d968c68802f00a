/** @jest-environment node */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { parse } from 'yaml';
import { cardSchema } from '../package/card';
import { modelFileSchema } from '../package/modelFile';
import type { Version } from '../registry/types';
import { toCycloneDx } from './toCycloneDx';

/** The version that an example package becomes. */
function exampleVersion(name: string): Version {
  const folder = join(__dirname, '../../../../examples', name);
  const read = (file: string) =>
    parse(readFileSync(join(folder, file), 'utf8'));
  const file = modelFileSchema.parse(read('model.yaml'));
  return {
    model: file.name,
    version: file.version,
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    repository: `models/${file.name}`,
    format: file.format,
    description: file.description,
    interface: file.interface,
    card: cardSchema.parse(read('card.yaml')),
    package: file,
    files: [
      {
        path: 'model.onnx',
        digest: `sha256:${'ab'.repeat(32)}`,
        size: 10,
        mediaType: 'application/vnd.cncf.model.weight.v1.raw',
      },
    ],
    sizeBytes: 10,
    state: 'registered',
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'user:default/mia',
  } as Version;
}

describe('toCycloneDx', () => {
  it.each(['wine-classifier', 'diabetes-risk'])(
    'gives a document for %s that the published schema accepts',
    async name => {
      const document = toCycloneDx(exampleVersion(name));
      const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
      await expect(
        validator.validate(JSON.stringify(document)),
      ).resolves.toBeNull();
      expect(document).toMatchObject({
        metadata: {
          component: {
            type: 'machine-learning-model',
            name,
            modelCard: {
              modelParameters: { task: expect.any(String) },
              considerations: {
                technicalLimitations: expect.arrayContaining([
                  expect.any(String),
                ]),
              },
            },
          },
        },
      });
    },
  );

  it('names the data and the files with their digests', () => {
    const document = toCycloneDx(exampleVersion('wine-classifier')) as {
      components: { 'bom-ref': string; hashes?: { content: string }[] }[];
    };
    const component = (ref: string) =>
      document.components.find(entry => entry['bom-ref'] === ref);
    expect(component('file:model.onnx')?.hashes?.[0].content).toBe(
      'ab'.repeat(32),
    );
    expect(
      document.components.some(entry =>
        entry['bom-ref'].startsWith('dataset:'),
      ),
    ).toBe(true);
  });

  it('is the same document for the same version', () => {
    expect(toCycloneDx(exampleVersion('wine-classifier'))).toEqual(
      toCycloneDx(exampleVersion('wine-classifier')),
    );
  });
});
