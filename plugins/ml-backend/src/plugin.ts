import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import {
  actionsRegistryServiceRef,
  metricsServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  type ArtifactStore,
  type CertificateAuthority,
  mlArtifactsExtensionPoint,
  mlIdentityExtensionPoint,
  mlServingExtensionPoint,
  type ServingTarget,
} from '@ml-platform/plugin-ml-node';
import { version } from '../package.json';
import { registerActions } from './actions/registerActions';
import { createAccess } from './access/createAccess';
import { EvidenceCheck } from './aliases/evidence/EvidenceCheck';
import { evidenceKinds } from './aliases/evidence/evidenceKinds';
import { auditInboxRef } from './audit/plugins/AuditInbox';
import { runningOperations } from './audit/alerts/runningOperations';
import { startAudit } from './audit/startAudit';
import { Authorizer } from './authorization/Authorizer';
import { registerModelPermissions } from './authorization/registerModelPermissions';
import { ownershipRefs } from './authorization/ownershipRefs';
import { createBatchJobs } from './batchJobs/createBatchJobs';
import { readMlConfig } from './config';
import { createEvaluations } from './evaluations/createEvaluations';
import { Audience } from './events/Audience';
import { ChangeNotifier } from './events/ChangeNotifier';
import { DatabaseExperimentStore } from './experiments/DatabaseExperimentStore';
import { ExperimentService } from './experiments/ExperimentService';
import { SingleValue } from './extensions/SingleValue';
import { DatabaseGrantStore } from './grants/DatabaseGrantStore';
import { GrantedModels } from './grants/GrantedModels';
import { createRouter } from './http/createRouter';
import { DatabaseSizeExceptionStore } from './limits/DatabaseSizeExceptionStore';
import { ModelArtifactLimits } from './limits/ModelArtifactLimits';
import { adoptConfiguration } from './policy/adoptConfiguration';
import { DatabasePolicyStore } from './policy/DatabasePolicyStore';
import { StoredPolicySettings } from './policy/StoredPolicySettings';
import { PredictionService } from './predictions/PredictionService';
import { ProofReader } from './proof/ProofReader';
import { ProofService } from './proof/ProofService';
import { BomAttachment } from './registry/BomAttachment';
import { BomBackfill } from './registry/BomBackfill';
import { createVersionServices } from './registry/createVersionServices';
import { DatabaseRegistryStore } from './registry/DatabaseRegistryStore';
import { FILES_PATH } from './registry/filesRouter';
import { PackageReader } from './registry/PackageReader';
import { RegistryService } from './registry/RegistryService';
import { RepositoryRights } from './registry/RepositoryRights';
import { startArtifacts } from './registry/startArtifacts';
import { VersionFiles } from './registry/VersionFiles';
import { createReleases } from './releases/createReleases';
import { DatabaseReleaseStore } from './releases/DatabaseReleaseStore';
import { ReleaseInsights } from './releases/ReleaseInsights';
import { ReleaseRecords } from './releases/ReleaseRecords';
import { Undeployment } from './releases/Undeployment';
import { EXCHANGE_PATH } from './serviceAccounts/router';
import { startServiceAccounts } from './serviceAccounts/startServiceAccounts';
import { createServingTarget } from './serving/createServingTarget';
import { fetchTrusting } from './serving/fetchTrusting';
import { createChannels } from './webhooks/createChannels';
import { startWebhooks } from './webhooks/startWebhooks';

/**
 * The control plane of ML Platform: registry, artifact store, releases, audit.
 * @public
 */
export const mlPlugin = createBackendPlugin({
  pluginId: 'ml',
  register(env) {
    const customTarget = new SingleValue<ServingTarget>('serving target');
    const customStore = new SingleValue<ArtifactStore>('artifact store');
    const customAuthority = new SingleValue<CertificateAuthority>(
      'certificate authority',
    );
    env.registerExtensionPoint(mlIdentityExtensionPoint, {
      setCertificateAuthority: authority => customAuthority.set(authority),
    });
    env.registerExtensionPoint(mlServingExtensionPoint, {
      setServingTarget: target => customTarget.set(target),
    });
    env.registerExtensionPoint(mlArtifactsExtensionPoint, {
      setArtifactStore: store => customStore.set(store),
    });

    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditInbox: auditInboxRef,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        metrics: metricsServiceRef,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        rootHttpRouter: coreServices.rootHttpRouter,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init(deps) {
        const { httpAuth, logger, permissions, permissionsRegistry } = deps;
        const config = readMlConfig(deps.config);
        const knex = await deps.database.getClient();
        if (!deps.database.migrations?.skip) {
          await knex.migrate.latest({
            directory: resolvePackagePath(
              '@ml-platform/plugin-ml-backend',
              'migrations',
            ),
          });
        }

        const policyStore = new DatabasePolicyStore({ knex });
        const policies = new StoredPolicySettings({ store: policyStore });
        const { audit, auditService, auditSigner } = await startAudit({
          ...deps,
          config: config.audit,
          knex,
          notifications: config.notifications ? deps.notifications : undefined,
          getAuditors: async () =>
            (
              await policies.get('roles')
            )['data-access-auditor'],
          isRunning: runningOperations({ knex }),
        });
        deps.auditInbox.open(audit);
        await adoptConfiguration({ ...config, audit, store: policyStore });
        const registryStore = new DatabaseRegistryStore({ knex });
        const grantStore = new DatabaseGrantStore({ knex });
        const changes = new ChangeNotifier({
          signals: deps.signals,
          events: deps.events,
          audience: new Audience({
            ...{ models: registryStore, grants: grantStore, policies },
          }),
          logger,
        });
        const grantedModels = new GrantedModels({ store: grantStore });
        registerModelPermissions({
          ...{ permissionsRegistry, models: registryStore },
          grants: grantedModels,
        });
        const authorizer = new Authorizer({
          permissions,
          permissionsRegistry,
          audit,
          grants: grantedModels,
        });
        auditService.useAuthorizer(authorizer);

        const { outbox, webhooks } = await startWebhooks({
          ...deps,
          channels: createChannels({
            ...{ config, models: registryStore, policies },
            notifications: deps.notifications,
          }),
          config: config.webhooks,
          knex,
          audit,
          authorizer,
        });

        const exceptions = new DatabaseSizeExceptionStore({ knex });
        const artifactLimits = new ModelArtifactLimits({
          policies,
          exceptions,
        });
        const { artifacts, releaser } = await startArtifacts({
          ...deps,
          custom: customStore.get(),
          config: config.artifacts,
          limits: artifactLimits,
          knex,
          audit,
          rights: new RepositoryRights({ authorizer, models: registryStore }),
        });

        const target =
          customTarget.get() ?? createServingTarget(config.embeddedServing);
        const fetchGateway = fetchTrusting(config.embeddedServing?.ca);
        const boms = new BomAttachment({ artifacts });
        await new BomBackfill({
          ...deps,
          ...{ knex, boms, store: registryStore },
        }).schedule();
        const registry = new RegistryService({
          store: registryStore,
          artifacts,
          manifests: releaser,
          packages: new PackageReader({ artifacts }),
          boms,
          authorizer,
          audit,
          outbox,
          changes,
        });
        const store = new DatabaseReleaseStore({ knex });
        const experimentStore = new DatabaseExperimentStore({ knex });
        const governed = {
          registry,
          experiments: experimentStore,
          releases: store,
          authorizer,
          audit,
          outbox,
          changes,
        };
        const proofs = new ProofService({
          registry,
          reader: new ProofReader({ artifacts }),
          settings: config.signatures,
          policies,
          evaluationAnchor: config.evaluation.anchor,
          audit,
        });
        const { evaluations, evaluationRunner, gate, ...evaluating } =
          createEvaluations({
            ...governed,
            ...{ knex, artifacts, logger, policies, proofs },
            versions: registryStore,
            settings: config.evaluation,
          });
        const getOwnershipRefs = ownershipRefs(deps.userInfo);
        const evidence = new EvidenceCheck(
          evidenceKinds({ releases: store, models: registryStore, proofs }),
        );
        const { approvals, ...governance } = createAccess({
          ...{ ...deps, ...governed, config, knex },
          ...{ log: audit, signer: auditSigner },
          ...{ evidence, grantStore, policies, policyStore, getOwnershipRefs },
        });
        const versions = await createVersionServices({
          ...{ ...deps, ...governed, knex, models: registryStore },
          ...{ approvals, artifacts: releaser, exceptions },
          ...{ evidence, policies, getOwnershipRefs },
          artifactLimits:
            customStore.get() || config.artifacts.external
              ? undefined
              : artifactLimits,
        });
        const shared = {
          store,
          registry,
          experiments: experimentStore,
          target,
          audit,
          changes,
          logger,
        };
        const {
          carrier,
          deployments,
          gitops,
          monitor,
          releaseExceptions,
          releases,
          runner,
          steering,
        } = createReleases({
          deps: {
            ...deps,
            auth: deps.auditInbox.refusals.watch(deps.auth, 'ml'),
          },
          config,
          knex,
          shared,
          models: registryStore,
          ...{ approvals, authorizer, gate, outbox, policies, proofs },
          ...evaluating,
        });

        const experiments = new ExperimentService({
          ...shared,
          ...governed,
          carrier,
          proofs,
          gate,
        });

        const accounts = await startServiceAccounts({
          ...deps,
          ...governed,
          config: config.identity,
          custom: customAuthority.get(),
          knex,
          target,
          getOwnershipRefs,
          statusInterval: config.statusInterval,
        });
        const { batchJobs, batchRunner } = await createBatchJobs({
          ...governed,
          ...{ knex, target, logger, fetchGateway },
          gatewayKey: config.gatewayKey,
          scheduler: deps.scheduler,
          settings: config.batch,
        });

        registerActions({
          actionsRegistry: deps.actionsRegistry,
          registry,
          ...versions,
          deployments,
          evaluations,
          releases,
          batchJobs,
        });
        deps.httpRouter.use(
          createRouter({
            registry,
            files: new VersionFiles({ ...governed, artifacts }),
            ...{ ...versions, ...governance, ...accounts },
            approvals,
            releases,
            gitops: gitops?.gitops,
            steering,
            insights: new ReleaseInsights({
              records: new ReleaseRecords({ knex }),
              registry,
            }),
            exceptions: releaseExceptions,
            undeployment: new Undeployment({ ...shared, authorizer }),
            evaluations,
            batchJobs,
            experiments,
            deployments,
            webhooks,
            proofs,
            predictions: new PredictionService({
              ...shared,
              authorizer,
              gatewayKey: config.gatewayKey,
              fetchGateway,
            }),
            grpcGateways: config.grpcGateways,
            gatewaysAskForKey: config.gatewayKey !== undefined,
            namespace: config.openLineage.namespace,
            auditService,
            target,
            httpAuth,
            policies,
            getOwnershipRefs,
            version,
            registryHost: config.registryHost,
            externalRegistry: config.externalRegistry,
          }),
        );
        deps.httpRouter.addAuthPolicy({
          path: `/v1${FILES_PATH}`,
          allow: 'user-cookie',
        });
        deps.httpRouter.addAuthPolicy({
          path: `/v1${EXCHANGE_PATH}`,
          allow: 'unauthenticated',
        });
        deps.httpRouter.addAuthPolicy({
          path: '/health',
          allow: 'unauthenticated',
        });

        deps.lifecycle.addStartupHook(() => {
          runner.start();
          evaluationRunner.start();
          batchRunner.start();
          monitor.start();
          gitops?.start();
        });
        deps.lifecycle.addShutdownHook(async () => {
          monitor.stop();
          await Promise.all([
            runner.stop(),
            evaluationRunner.stop(),
            batchRunner.stop(),
            gitops?.stop(),
          ]);
        });
      },
    });
  },
});
