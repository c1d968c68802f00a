import type {
  AuthService,
  LoggerService,
  RootHttpRouterService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';
import type { Knex } from 'knex';
import {
  type ArtifactLimits,
  createArtifactsRouter,
  createPullRouter,
  EmbeddedArtifactStore,
  ExternalArtifactStore,
  ExternalRemovals,
} from '../artifacts';
import type { AuditLog } from '../audit/AuditLog';
import type { MlConfig } from '../config';
import type { ArtifactReleaser } from './ArtifactReleaser';
import type { RepositoryRights } from './RepositoryRights';
import { VersionProtection } from './VersionProtection';

export interface StartArtifactsOptions {
  /** Set by a module; the embedded store is not started then. */
  custom?: ArtifactStore;
  config: MlConfig['artifacts'];
  /** Of the embedded store; others have their own. */
  limits: ArtifactLimits;
  knex: Knex;
  audit: AuditLog;
  auth: AuthService;
  logger: LoggerService;
  /** Who may read and write which repository. */
  rights: RepositoryRights;
  rootHttpRouter: RootHttpRouterService;
  scheduler: SchedulerService;
}

/** Where the bytes of versions are read from, and let go. */
export interface Artifacts {
  artifacts: ArtifactStore;
  releaser: ArtifactReleaser;
}

// A registry of its own keeps and collects by its own rules.
const NO_RELEASE: ArtifactReleaser = {
  hold: async () => {},
  release: async () => {},
  consequence: ({ name, digest }) =>
    `The bytes of ${name} (${digest}) stay in the registry that holds them: delete them there.`,
};

/**
 * Serves the embedded artifact store, unless another registry is configured or
 * a module brought a store. The portal lets others read through itself.
 */
export async function startArtifacts(
  options: StartArtifactsOptions,
): Promise<Artifacts> {
  const { audit, auth, config, custom, knex, logger, rights, scheduler } =
    options;
  if (custom) {
    return { artifacts: custom, releaser: NO_RELEASE };
  }
  if (config.external) {
    const external = new ExternalArtifactStore(config.external);
    options.rootHttpRouter.use(
      '/v2',
      createPullRouter({ store: external, auth, rights, audit, logger }),
    );
    return {
      artifacts: external,
      releaser: config.external.deleteVersions
        ? await startExternalRemovals(external, options)
        : NO_RELEASE,
    };
  }
  const store = await EmbeddedArtifactStore.create({
    ...config,
    limits: options.limits,
    knex,
    audit,
    logger,
    protection: new VersionProtection({ knex }),
  });
  options.rootHttpRouter.use(
    '/v2',
    createArtifactsRouter({ store, auth, rights, audit, logger }),
  );
  await scheduler.scheduleTask({
    id: 'ml-remove-stale-uploads',
    frequency: { hours: 1 },
    timeout: { minutes: 10 },
    scope: 'local',
    fn: async () => {
      await store.uploads.removeStale();
    },
  });
  await scheduler.scheduleTask({
    id: 'ml-collect-artifact-garbage',
    frequency: { hours: 1 },
    timeout: { minutes: 30 },
    initialDelay: { minutes: 5 },
    scope: 'local',
    fn: async () => {
      await store.collectGarbage();
    },
  });
  return {
    artifacts: store,
    releaser: {
      consequence: ({ name, digest }) =>
        `The bytes of ${name} (${digest}) are removed, as far as no other version has them too.`,
      hold: (repository, digest, transaction) =>
        store.holdManifest(repository, digest, transaction),
      release: async (repository, digest, transaction) => {
        await store.releaseManifest(repository, digest, transaction);
      },
    },
  };
}

async function startExternalRemovals(
  store: ExternalArtifactStore,
  options: StartArtifactsOptions,
): Promise<ArtifactReleaser> {
  const { audit, knex, logger, scheduler } = options;
  const removals = new ExternalRemovals({
    knex,
    store,
    audit,
    logger,
    protection: new VersionProtection({ knex }),
  });
  await scheduler.scheduleTask({
    id: 'ml-delete-from-external-registry',
    frequency: { minutes: 1 },
    timeout: { minutes: 10 },
    fn: async () => {
      await removals.removeDue();
    },
  });
  return {
    hold: (...manifest) => removals.hold(...manifest),
    release: (...manifest) => removals.release(...manifest),
    consequence: ({ name, digest }) =>
      `The manifest of ${name} (${digest}), its tags and all that refers to it are deleted from ${store.url}, which frees the bytes by its own rules.`,
  };
}
