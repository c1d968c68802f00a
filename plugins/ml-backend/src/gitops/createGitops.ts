import type {
  AuthService,
  LoggerService,
  RootConfigService,
  RootHttpRouterService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryService } from '../registry/RegistryService';
import type { RegistryStore } from '../registry/RegistryStore';
import type { ReleaseService } from '../releases/ReleaseService';
import type { ReleaseStore } from '../releases/ReleaseStore';
import { AuthorDirectory } from './AuthorDirectory';
import { AuthorPolicy } from './AuthorPolicy';
import { CommitWriter } from './CommitWriter';
import { DeploymentFacts } from './DeploymentFacts';
import { DesiredState } from './DesiredState';
import { FileFollower } from './FileFollower';
import { EmbeddedBranch } from './git/EmbeddedBranch';
import { RemoteBranch } from './git/RemoteBranch';
import { createHookRouter } from './hooks/createHookRouter';
import { createGitHttpRouter } from './http/createGitHttpRouter';
import { PushCheck } from './http/PushCheck';
import { PushGate } from './http/PushGate';
import { GitopsService } from './GitopsService';
import type { GitopsStore } from './GitopsStore';
import { GitopsWorker } from './GitopsWorker';
import type { GitopsConfig } from './readGitopsConfig';
import { remoteAuthorization } from './remoteAuthorization';

/** Desired state in Git, wired. */
export function createGitops(options: {
  settings: GitopsConfig;
  config: RootConfigService;
  store: GitopsStore;
  releaseStore: ReleaseStore;
  models: RegistryStore;
  registry: RegistryService;
  releases: ReleaseService;
  authorizer: Authorizer;
  audit: AuditLog;
  policies: PolicySettings;
  auth: AuthService;
  catalog: CatalogService;
  rootHttpRouter: RootHttpRouterService;
  logger: LoggerService;
}): {
  gitops: GitopsService;
  start: () => void;
  stop: () => Promise<void>;
  wake: () => void;
} {
  const { config, releaseStore, settings, store } = options;
  const branch = settings.remote
    ? new RemoteBranch({
        directory: settings.directory,
        branch: settings.branch,
        url: settings.remote,
        getAuthorization: remoteAuthorization(config, settings.remote),
      })
    : new EmbeddedBranch({
        directory: settings.directory,
        branch: settings.branch,
        url: settings.cloneUrl,
      });
  const directory = new AuthorDirectory(options);
  const facts = new DeploymentFacts({ store, releases: releaseStore });
  const worker = new GitopsWorker({
    ...options,
    branch,
    interval: settings.interval,
    writer: new CommitWriter({
      ...options,
      ...{ branch, directory },
      releases: releaseStore,
      committer: settings.committer,
    }),
    desired: new DesiredState({ ...options, branch }),
    follower: new FileFollower({
      ...options,
      facts,
      authors: directory,
      policy: new AuthorPolicy(options),
      trustsAuthors: settings.trustsAuthors,
    }),
  });
  const gitops = new GitopsService({ ...options, branch, facts, worker });
  const gate =
    branch.kind === 'embedded'
      ? new PushGate({
          directory: settings.directory,
          logger: options.logger,
          check: new PushCheck({ ...options, branch, releases: releaseStore }),
        })
      : undefined;
  if (gate) {
    options.rootHttpRouter.use(
      '/git',
      createGitHttpRouter({
        ...options,
        branch,
        gate,
        onPushed: () => worker.wake(),
      }),
    );
  }
  if (branch.kind === 'remote' && settings.webhookSecret) {
    options.rootHttpRouter.use(
      '/git/hooks',
      createHookRouter({
        ...{ branch, logger: options.logger },
        secret: settings.webhookSecret,
        onPushed: () => worker.wake(),
      }),
    );
  }
  return {
    gitops,
    start: () => worker.start(),
    stop: async () => {
      await worker.stop();
      await gate?.stop();
    },
    wake: () => worker.wake(),
  };
}
