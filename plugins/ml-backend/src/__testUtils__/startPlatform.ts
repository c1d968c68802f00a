import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import {
  type BackendFeature,
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  type ServiceMock,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { PermissionsService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  notificationService,
  type NotificationSendOptions,
} from '@backstage/plugin-notifications-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import { httpAuthServiceFactory } from '@backstage/backend-defaults/httpAuth';
import { PREDICATE_TYPES } from '@ml-platform/attestations';
import { testResultStatement } from '@ml-platform/evaluation';
import {
  MlClient,
  type Release,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { mlServingExtensionPoint } from '@ml-platform/plugin-ml-node';
import type { Knex } from 'knex';
import mlPlugin from '..';
import { evaluationSigner } from '../evaluations/evaluationSettings';
import { accountAuthFactory, userInfoFactory } from './accounts';
import { attachBundle } from './attach';
import { EVALUATION_KEY, passedReport } from './passedReport';
import { type PackageFiles, pushPackage } from './packages';
import { ScriptedServingTarget } from './ScriptedServingTarget';

export interface StartOptions {
  knex: Knex;
  /** Other plugins of the backend, and services of it. */
  features?: BackendFeature[];
  target?: ScriptedServingTarget;
  /** For callers that go where the platform says it is. */
  baseUrl?: string;
  /** Folder of the artifact store; kept between starts by passing it on. */
  directory?: string;
  loadTimeout?: string;
  permissions?: Partial<PermissionsService>;
  /** Under `ml`, besides what a test always has. */
  ml?: JsonObject;
  /** On top of those that let webhooks go to this machine. */
  webhooks?: JsonObject;
  openLineage?: JsonObject;
  signatures?: JsonObject;
  gitops?: JsonObject;
  roles?: JsonObject;
  integrations?: JsonObject;
  /** Of the catalog. */
  entities?: Entity[];
  /** On top of a signing key; nothing is required of tests of other things that go to an external registry. */
  evaluation?: JsonObject;
  /** On top of a folder of its own. */
  batch?: JsonObject;
  /** Instead of the embedded store. */
  artifacts?: JsonObject;
  maxArtifactBytes?: number;
  /** Settings below `ml.releases`, and quotas. */
  releases?: JsonObject;
  quotas?: JsonObject;
  audit?: JsonObject;
  serviceAccounts?: JsonObject;
  /** Groups of users; without it, a user is in none. */
  teams?: Record<string, string[]>;
  /** To start scheduled work by hand. */
  scheduler?: ReturnType<typeof mockServices.scheduler>;
}

/** The control plane as it runs, with its data plane scripted. */
export class TestPlatform {
  static async start(options: StartOptions): Promise<TestPlatform> {
    const target = options.target ?? new ScriptedServingTarget();
    const directory =
      options.directory ?? mkdtempSync(join(tmpdir(), 'ml-artifacts-'));
    const sent: NotificationSendOptions[] = [];
    const allow = async (requests: unknown[]) =>
      requests.map(() => ({ result: AuthorizeResult.ALLOW }));
    const backend = await startTestBackend({
      features: [
        mlPlugin,
        createBackendModule({
          pluginId: 'ml',
          moduleId: 'scripted-serving',
          register(env) {
            env.registerInit({
              deps: { serving: mlServingExtensionPoint },
              async init({ serving }) {
                serving.setServingTarget(target);
              },
            });
          },
        }),
        ...(options.features ?? []),
        ...(options.serviceAccounts
          ? [accountAuthFactory, httpAuthServiceFactory]
          : []),
        ...(options.teams ? [userInfoFactory(options.teams)] : []),
        ...(options.scheduler ? [schedulerFactory(options.scheduler)] : []),
        catalogServiceMock.factory({ entities: options.entities ?? [] }),
        createServiceFactory({
          service: notificationService,
          deps: {},
          factory: () => ({
            send: async notification => {
              sent.push(notification);
            },
          }),
        }),
        mockServices.database.factory({ knex: options.knex }),
        mockServices.permissions.mock({
          authorize: allow,
          authorizeConditional: allow,
          ...options.permissions,
        } as Partial<ServiceMock<PermissionsService>>).factory,
        mockServices.rootConfig.factory({
          data: {
            backend: { baseUrl: options.baseUrl ?? 'http://localhost:7007' },
            integrations: options.integrations ?? {},
            ml: {
              ...options.ml,
              signatures: options.signatures ?? {},
              ...(options.gitops && { gitops: options.gitops }),
              ...(options.roles && { roles: options.roles }),
              evaluation: {
                signingKey: EVALUATION_KEY,
                directory: join(directory, 'evaluation'),
                ...(options.artifacts && { requiredFor: [] }),
                ...options.evaluation,
              },
              serviceAccounts: options.serviceAccounts ?? {},
              batch: { directory: join(directory, 'batch'), ...options.batch },
              artifacts: options.artifacts ?? {
                embedded: {
                  directory,
                  ...(options.maxArtifactBytes && {
                    maxArtifactBytes: options.maxArtifactBytes,
                  }),
                },
              },
              webhooks: {
                encryptionKey: 'a key for tests',
                allowPrivateTargets: true,
                retryDelay: '20ms',
                ...options.webhooks,
              },
              openLineage: options.openLineage ?? {},
              audit: options.audit ?? {},
              serving: { statusInterval: '50ms' },
              releases: {
                loadTimeout: options.loadTimeout ?? '20s',
                ...options.releases,
              },
              quotas: options.quotas ?? {},
            },
          },
        }),
      ],
    });
    const { port } = backend.server.address() as AddressInfo;
    return new TestPlatform({
      url: `http://127.0.0.1:${port}`,
      target,
      directory,
      sent,
      stop: () => backend.stop(),
      isEmbedded: options.artifacts === undefined,
    });
  }

  readonly url: string;
  readonly target: ScriptedServingTarget;
  readonly directory: string;
  /** Notifications. */
  readonly sent: NotificationSendOptions[];
  readonly stop: () => Promise<void>;
  readonly #isEmbedded: boolean;

  private constructor(
    options: Pick<
      TestPlatform,
      'url' | 'target' | 'directory' | 'sent' | 'stop'
    > & { isEmbedded: boolean },
  ) {
    this.#isEmbedded = options.isEmbedded;
    this.url = options.url;
    this.target = options.target;
    this.directory = options.directory;
    this.sent = options.sent;
    this.stop = options.stop;
  }

  as(user = 'user:default/mock'): MlClient {
    return new MlClient({
      baseUrl: async () => `${this.url}/api/ml`,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('authorization', mockCredentials.user.header(user));
        return fetch(input, { ...init, headers });
      },
    });
  }

  /** With a token of a service account, or any other. */
  withToken(token: string): MlClient {
    return new MlClient({
      baseUrl: async () => `${this.url}/api/ml`,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('authorization', `Bearer ${token}`);
        return fetch(input, { ...init, headers });
      },
    });
  }

  push(model: string, files: PackageFiles): Promise<string> {
    return pushPackage({
      url: this.url,
      token: mockCredentials.user.token(),
      model,
      files,
    });
  }

  /** Registers a version that has passed its evaluation, as far as an attestation tells. */
  async register(model: string, version: string, files: PackageFiles) {
    const registered = await this.registerOnly(model, version, files);
    if (this.#isEmbedded) await this.attachResult(registered);
    return registered;
  }

  async registerOnly(model: string, version: string, files: PackageFiles) {
    const digest = await this.push(model, files);
    return this.as().registerVersion(model, { version, digest });
  }

  /** Attaches a test result that is signed with the platform's own key. */
  attachResult(version: Version): Promise<string> {
    return attachBundle({
      url: this.url,
      token: mockCredentials.user.token(),
      model: version.model,
      digest: version.digest,
      bundle: evaluationSigner(EVALUATION_KEY).sign(
        testResultStatement(passedReport(version), version.digest),
      ),
      predicateType: PREDICATE_TYPES.testResult,
    });
  }

  /** Waits until the release is over. */
  async finished(release: Release, client = this.as()): Promise<Release> {
    return eventually(async () => {
      const now = await client.getRelease(release.id);
      return now.finishedAt ? now : undefined;
    }, `release ${release.number} to end`);
  }
}

function schedulerFactory(scheduler: NonNullable<StartOptions['scheduler']>) {
  return createServiceFactory({
    service: coreServices.scheduler,
    deps: {},
    factory: () => scheduler,
  });
}

/** Polls until the look gives something, or fails after half a minute. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}
