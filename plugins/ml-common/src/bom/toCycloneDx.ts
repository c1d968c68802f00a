import type { Card } from '../package/card';
import type { Version } from '../registry/types';
import { uuidOfDigest } from './uuidOfDigest';

/**
 * Media type of the document.
 * @public
 */
export const CYCLONEDX_MEDIA_TYPE = 'application/vnd.cyclonedx+json';

/**
 * A version as a CycloneDX 1.6 machine-learning bill of materials: what it is,
 * its card, the data it was trained on, its files and the software it was made
 * with. The same version always gives the same document.
 *
 * Source: CycloneDX 1.6 JSON schema, https://cyclonedx.org/docs/1.6/json/
 * @public
 */
export function toCycloneDx(version: Version): object {
  const ref = `${version.model}@${version.version}`;
  const datasets = version.package.lineage?.datasets ?? [];
  const environment = Object.entries(
    version.package.lineage?.environment ?? {},
  );
  const parts = [
    ...datasets.map(dataset => ({
      'bom-ref': `dataset:${dataset.name}`,
      type: 'data',
      name: dataset.name,
      ...(dataset.digest && { hashes: [hash(dataset.digest)] }),
      ...(dataset.uri && {
        externalReferences: [{ type: 'distribution', url: dataset.uri }],
      }),
    })),
    ...environment.map(([name, release]) => ({
      'bom-ref': `software:${name}`,
      type: 'library',
      name,
      version: release,
    })),
    ...version.files.map(file => ({
      'bom-ref': `file:${file.path}`,
      type: 'file',
      name: file.path,
      'mime-type': file.mediaType,
      hashes: [hash(file.digest)],
    })),
  ];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOfDigest(version.digest)}`,
    version: 1,
    metadata: {
      timestamp: version.createdAt,
      component: {
        'bom-ref': ref,
        type: 'machine-learning-model',
        name: version.model,
        version: version.version,
        description: version.description,
        publisher: version.package.owner,
        hashes: [hash(version.digest)],
        tags: version.package.tags,
        modelCard: modelCard(version.card),
      },
    },
    components: parts,
    dependencies: [{ ref, dependsOn: parts.map(part => part['bom-ref']) }],
  };
}

function modelCard(card: Card): object {
  const { considerations, modelParameters, quantitativeAnalysis } = card;
  return {
    modelParameters: {
      ...modelParameters,
      datasets: modelParameters.datasets?.map(dataset => ({
        type: 'dataset',
        ...dataset,
      })),
    },
    quantitativeAnalysis: {
      performanceMetrics: quantitativeAnalysis.performanceMetrics.map(
        ({ confidenceInterval, ...metric }) => ({
          ...metric,
          value: String(metric.value),
          ...(confidenceInterval && {
            confidenceInterval: {
              lowerBound: String(confidenceInterval.lowerBound),
              upperBound: String(confidenceInterval.upperBound),
            },
          }),
        }),
      ),
    },
    considerations,
  };
}

function hash(digest: string): object {
  return { alg: 'SHA-256', content: digest.replace(/^sha256:/, '') };
}
