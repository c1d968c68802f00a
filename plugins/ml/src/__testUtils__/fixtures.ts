import type {
  Approval,
  Deployment,
  Model,
  Release,
  Version,
} from '@ml-platform/plugin-ml-common';
import type { Entity } from '@backstage/catalog-model';

/** When the fixtures' newest thing happened. */
export const NOW = '2026-11-23T12:00:00Z';

export function aDeployment(partial: Partial<Deployment> = {}): Deployment {
  return {
    model: 'wine-classifier',
    environment: 'production',
    version: '1.1.0',
    releaseNumber: 2,
    since: '2026-11-23T11:00:00Z',
    by: 'user:default/mei',
    health: 'healthy',
    rollbackVersion: '1.0.0',
    endpoint: 'http://localhost:7008/v2/models/wine-classifier',
    ...partial,
  };
}

export function aModel(partial: Partial<Model> = {}): Model {
  return {
    name: 'wine-classifier',
    title: 'Wine classifier',
    description: 'Tells three cultivars apart.',
    owner: 'group:default/quality-team',
    dependsOn: [],
    tags: ['example'],
    createdAt: '2026-11-20T12:00:00Z',
    createdBy: 'external:ml-inference-server',
    updatedAt: NOW,
    latestVersion: '1.1.0',
    versionCount: 2,
    deployments: [aDeployment()],
    ...partial,
  };
}

export function aRelease(partial: Partial<Release> = {}): Release {
  return {
    id: 'release-2',
    model: 'wine-classifier',
    environment: 'production',
    number: 2,
    kind: 'deploy',
    version: '1.1.0',
    fromVersion: '1.0.0',
    strategy: 'immediate',
    state: 'succeeded',
    reason: 'More trees',
    requestedBy: 'user:default/mei',
    createdAt: '2026-11-23T11:00:00Z',
    finishedAt: '2026-11-23T11:00:42Z',
    ...partial,
  };
}

export function aVersion(partial: Partial<Version> = {}): Version {
  const version = partial.version ?? '1.1.0';
  const modelInterface: Version['interface'] = {
    inputs: [
      { name: 'features', datatype: 'FP32', shape: [-1, 13] },
      { name: 'age', datatype: 'INT64', shape: [-1], pii: true },
    ],
    outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
  };
  return {
    model: 'wine-classifier',
    version,
    digest: `sha256:${'ab'.repeat(32)}`,
    repository: 'models/wine-classifier',
    format: 'onnx',
    description: 'Tells three cultivars apart.',
    interface: modelInterface,
    card: {
      modelParameters: { task: 'Classification of wines' },
      quantitativeAnalysis: {
        performanceMetrics: [
          {
            type: 'accuracy',
            value: 0.98614,
            confidenceInterval: { lowerBound: 0.92, upperBound: 0.99 },
          },
        ],
      },
      considerations: {
        users: ['Quality engineers'],
        useCases: ['Flag a batch'],
        technicalLimitations: ['Knows one region only'],
      },
    },
    package: {
      apiVersion: 'ml.internal/v1alpha1',
      kind: 'Package',
      name: 'wine-classifier',
      version,
      description: 'Tells three cultivars apart.',
      owner: 'group:default/quality-team',
      format: 'onnx',
      artifact: 'model.onnx',
      interface: modelInterface,
      samples: ['samples/request.json'],
    },
    files: [
      {
        path: 'model.onnx',
        digest: `sha256:${'cd'.repeat(32)}`,
        size: 36_434,
        mediaType: 'application/octet-stream',
      },
      {
        path: 'samples/request.json',
        digest: `sha256:${'ef'.repeat(32)}`,
        size: 300,
        mediaType: 'application/json',
      },
    ],
    sizeBytes: 48_912,
    state: 'registered',
    aliases: [],
    createdAt: '2026-11-22T12:00:00Z',
    createdBy: 'external:ml-inference-server',
    ...partial,
  };
}

export const modelEntity: Entity = {
  apiVersion: 'ml.internal/v1alpha1',
  kind: 'Model',
  metadata: {
    name: 'wine-classifier',
    annotations: { 'ml.internal/model': 'wine-classifier' },
  },
  spec: { type: 'model', lifecycle: 'production', owner: 'quality-team' },
};

export function anApproval(partial: Partial<Approval> = {}): Approval {
  return {
    id: 'approval-1',
    kind: 'version.delete',
    model: 'wine-classifier',
    summary: 'Delete wine-classifier 1.0.0',
    subject: { version: '1.0.0', digest: `sha256:${'ab'.repeat(32)}` },
    reason: 'Trained on the wrong data',
    state: 'pending',
    requestedBy: 'user:default/mia',
    requestedAt: '2026-11-23T11:00:00Z',
    expiresAt: '2026-11-30T11:00:00Z',
    consequences: ["The alias 'old', which points at it, is removed."],
    ...partial,
  };
}
