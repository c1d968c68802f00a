import {
  createApiMock,
  mockApis,
  renderInTestApp,
} from '@backstage/frontend-test-utils';
import {
  fetchApiRef,
  type ApiRef,
  toastApiRef,
} from '@backstage/frontend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { act } from '@testing-library/react';
import { mlApiRef, type MlApi } from '../api/MlApi';
import type { DeploymentSignal } from '../hooks/useDeploymentSignal';
import { rootRouteRef } from '../routes';
import { aModel, aRelease, aVersion, modelEntity } from './fixtures';

const mockMlApi = createApiMock(
  mlApiRef,
  () =>
    Object.fromEntries(
      [
        'info',
        'listModels',
        'getModel',
        'listVersions',
        'getVersion',
        'getOpenApi',
        'getBom',
        'getFileText',
        'getFileUrl',
        'registerVersion',
        'listDeployments',
        'listReleases',
        'getRelease',
        'createRelease',
        'getReleaseOutlook',
        'promote',
        'getReleaseStats',
        'rollback',
        'steerRelease',
      ].map(name => [name, jest.fn()]),
    ) as unknown as jest.Mocked<MlApi>,
);

/** Some calls of a part of the API; the others fail the test. */
const partOf =
  <T extends object>() =>
  (partial: Partial<T> = {}) =>
    partial as T;
export const versionsMock = partOf<MlApi['versions']>();
export const lineageMock = partOf<MlApi['lineage']>();
const KINDS = {
  items: [
    {
      kind: 'version.delete',
      title: 'Delete a version',
      permission: 'ml.approval.decide',
      perModel: true,
      effect: 'act' as const,
      breakGlass: true,
    },
    {
      kind: 'policy-change',
      title: 'Change a policy',
      permission: 'ml.approval.decide.platform',
      perModel: false,
      effect: 'permit' as const,
      usableForSeconds: 86_400,
      breakGlass: true,
    },
  ],
};
export const approvalsMock = (partial: Partial<MlApi['approvals']> = {}) =>
  partOf<MlApi['approvals']>()({ listKinds: async () => KINDS, ...partial });
export const gitopsMock = partOf<MlApi['gitops']>();
export const policyMock = partOf<MlApi['policy']>();
export const accessMock = partOf<MlApi['access']>();
export const serviceAccountsMock = partOf<MlApi['serviceAccounts']>();
export const webhooksMock = partOf<MlApi['webhooks']>();
export const auditMock = partOf<MlApi['audit']>();
export const limitsMock = partOf<MlApi['limits']>();
const noTraffic: MlApi['predictions']['getTraffic'] = async () => ({
  from: '2026-11-26T00:15:00Z',
  to: '2026-11-27T00:10:00Z',
  total: { requests: 0, errors: 0, rejected: 0 },
  ...{ versions: [], intervalSeconds: 900, intervals: [] },
});
export const predictionsMock = (partial: Partial<MlApi['predictions']> = {}) =>
  partOf<MlApi['predictions']>()({
    getTraffic: noTraffic,
    getSample: async () => JSON.stringify({ inputs: [{ data: [14.22] }] }),
    ...partial,
  });
export const batchJobsMock = (partial: Partial<MlApi['batchJobs']> = {}) =>
  partOf<MlApi['batchJobs']>()({
    list: async () => ({ items: [] }),
    ...partial,
  });
export const retentionMock = partOf<MlApi['retention']>();
export const proofsMock = partOf<MlApi['proofs']>();
/** Of a platform that trusts nobody yet. */
const unsigned: MlApi['proofs']['get'] = async (model, version) => ({
  ...{ model, version, digest: '', repository: '' },
  ...{ state: 'unsigned', summary: 'it is not signed' },
  requiredForProduction: false,
  ...{ signatures: [], attestations: [], others: [] },
});
/** Of a platform that every version has passed its evaluation on. */
export const evaluationsMock = (partial: Partial<MlApi['evaluations']> = {}) =>
  partOf<MlApi['evaluations']>()({
    gate: async (model, version) => ({
      ...{ model, version, passed: true, requiredFor: ['production'] },
      evaluable: false,
      message: 'it passed its evaluation',
    }),
    list: async () => ({ items: [] }),
    ...partial,
  });
export const experimentsMock = (partial: Partial<MlApi['experiments']> = {}) =>
  partOf<MlApi['experiments']>()({
    list: async () => ({ items: [] }),
    ...partial,
  });
export const aliasesMock = (partial: Partial<MlApi['aliases']> = {}) =>
  partOf<MlApi['aliases']>()({
    list: async () => ({ items: [] }),
    ...partial,
  });

/** A control plane with one model, two versions and one release. */
export function mlApiMock(partial: Partial<MlApi> = {}) {
  return mockMlApi({
    info: async () => ({
      version: '0.1.0',
      gateways: { staging: '', production: '' },
      registry: 'localhost:7007',
      identity: 'user:default/mei',
    }),
    listModels: async () => ({ items: [aModel()] }),
    getModel: async () => aModel(),
    listDeployments: async () => ({ items: aModel().deployments }),
    listVersions: async () => ({
      items: [aVersion(), aVersion({ version: '1.0.0' })],
    }),
    getVersion: async (_model, version) => aVersion({ version }),
    getFileUrl: async (model, version, path) =>
      `/api/ml/v1/files/${model}/${version}/${path}`,
    aliases: aliasesMock(),
    batchJobs: batchJobsMock(),
    predictions: predictionsMock(),
    proofs: proofsMock({ get: unsigned }),
    evaluations: evaluationsMock(),
    experiments: experimentsMock(),
    listReleases: async () => ({ items: [aRelease()] }),
    getRelease: async () => aRelease(),
    getReleaseOutlook: async (model, environment) => ({
      ...{ model, environment, team: 'group:default/quality-team' },
      strategy: environment === 'production' ? 'canary' : 'immediate',
      first: false,
      quota: { used: 1, limit: 10 },
    }),
    ...partial,
  });
}

/** Never answers, so that a view stays in its loading state. */
export const pending = () => new Promise<never>(() => {});

/** Refuses as the backend does. */
export const forbidden = async (): Promise<never> => {
  throw new NotAllowedError('You may not read models');
};

/** Fails as the backend does. */
export const broken = async (): Promise<never> => {
  throw new Error('The database is on holiday');
};

class FakeSignals {
  readonly #listeners = new Set<(message: never) => void>();

  subscribe(_channel: string, listener: (message: never) => void) {
    this.#listeners.add(listener);
    return { unsubscribe: () => this.#listeners.delete(listener) };
  }

  async send(signal: DeploymentSignal) {
    await act(async () => {
      this.#listeners.forEach(listener => listener(signal as never));
    });
  }
}

/** Renders a view of the plugin, on the entity page of the example model. */
export function renderWithMl(
  element: JSX.Element,
  options: {
    api?: ReturnType<typeof mlApiMock>;
    denied?: string[];
    path?: string;
    /** What the browser gets that asks for the cookie of downloads. */
    cookie?: () => Response;
  } = {},
): {
  api: ReturnType<typeof mlApiMock>;
  signals: Pick<FakeSignals, 'send'>;
  toast: { post: jest.Mock };
} {
  const api = options.api ?? mlApiMock();
  const signals = new FakeSignals();
  const toast = { post: jest.fn(() => ({ close: () => {} })) };
  renderInTestApp(
    <EntityProvider entity={modelEntity}>{element}</EntityProvider>,
    {
      initialRouteEntries: [options.path ?? '/'],
      mountedRoutes: {
        '/catalog/:namespace/:kind/:name': entityRouteRef,
        '/ml': rootRouteRef,
      },
      config: { backend: { baseUrl: 'http://localhost:7007' } },
      apis: [
        api,
        mockApis.permission({
          authorize: request =>
            options.denied?.includes(request.permission.name)
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
        }),
        [signalApiRef as ApiRef<FakeSignals>, signals],
        [toastApiRef, toast],
        [
          fetchApiRef,
          {
            fetch: async (input: RequestInfo | URL) => {
              if (!String(input).endsWith('/cookie')) {
                return Response.json({ inputs: [{ data: [14.22] }] });
              }
              return (
                options.cookie?.() ??
                Response.json({ expiresAt: '2099-01-01T00:00:00Z' })
              );
            },
          },
        ],
      ],
    },
  );
  return { api, signals, toast };
}
