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
import { mlPermissions } from '@ml-platform/plugin-ml-common';
import {
  type ArtifactStore,
  type CertificateAuthority,
  mlArtifactsExtensionPoint,
  mlIdentityExtensionPoint,
  mlModelResourceRef,
  mlServingExtensionPoint,
  type ServingTarget,
} from '@ml-platform/plugin-ml-node';
import { version } from '../package.json';
import { registerActions } from './actions/registerActions';
import { AccessService } from './access/AccessService';
import { People } from './access/People';
import { AccessReviewService } from './access/review/AccessReviewService';
import { DatabaseAccessReviewStore } from './access/review/DatabaseAccessReviewStore';
import { AliasService } from './aliases/AliasService';
import { DatabaseAliasStore } from './aliases/DatabaseAliasStore';
import { EvidenceCheck } from './aliases/evidence/EvidenceCheck';
import { evidenceKinds } from './aliases/evidence/evidenceKinds';
import { ApprovalNotices } from './approvals/ApprovalNotices';
import { ApprovalService } from './approvals/ApprovalService';
import { DatabaseApprovalStore } from './approvals/DatabaseApprovalStore';
import { auditInboxRef } from './audit/plugins/AuditInbox';
import { runningOperations } from './audit/alerts/runningOperations';
import { SegmentService } from './audit/segments/SegmentService';
import { startAudit } from './audit/startAudit';
import { Authorizer } from './authorization/Authorizer';
import { ownershipRefs } from './authorization/ownershipRefs';
import { mlModelRules } from './authorization/rules';
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
import { GrantService } from './grants/GrantService';
import { createRouter } from './http/createRouter';
import { DatabaseLineageStore } from './lineage/DatabaseLineageStore';
import { LineageService } from './lineage/LineageService';
import { OpenLineageChannel } from './lineage/openlineage/OpenLineageChannel';
import { DatabaseSizeExceptionStore } from './limits/DatabaseSizeExceptionStore';
import { ModelArtifactLimits } from './limits/ModelArtifactLimits';
import { SizeExceptionService } from './limits/SizeExceptionService';
import { NotificationChannel } from './notifications/NotificationChannel';
import { createPolicyService } from './policy/createPolicyService';
import { adoptConfiguration } from './policy/adoptConfiguration';
import { DatabasePolicyStore } from './policy/DatabasePolicyStore';
import { StoredPolicySettings } from './policy/StoredPolicySettings';
import { PredictionService } from './predictions/PredictionService';
import { ProofReader } from './proof/ProofReader';
import { ProofService } from './proof/ProofService';
import { BomAttachment } from './registry/BomAttachment';
import { BomBackfill } from './registry/BomBackfill';
import { DatabaseRegistryStore } from './registry/DatabaseRegistryStore';
import { FILES_PATH } from './registry/filesRouter';
import { ModelCreation } from './registry/ModelCreation';
import { PackageReader } from './registry/PackageReader';
import { RegistryService } from './registry/RegistryService';
import { RepositoryRights } from './registry/RepositoryRights';
import { startArtifacts } from './registry/startArtifacts';
import { VersionDeletion } from './registry/VersionDeletion';
import { VersionFiles } from './registry/VersionFiles';
import { VersionLifecycle } from './registry/VersionLifecycle';
import { createReleases } from './releases/createReleases';
import { DatabaseReleaseStore } from './releases/DatabaseReleaseStore';
import { ReleaseInsights } from './releases/ReleaseInsights';
import { ReleaseRecords } from './releases/ReleaseRecords';
import { Undeployment } from './releases/Undeployment';
import { DatabaseRetentionStore } from './retention/DatabaseRetentionStore';
import { scheduleRetention } from './retention/scheduleRetention';
import { RetentionService } from './retention/RetentionService';
import { EXCHANGE_PATH } from './serviceAccounts/router';
import { startServiceAccounts } from './serviceAccounts/startServiceAccounts';
import { createServingTarget } from './serving/createServingTarget';
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
        permissionsRegistry.addResourceType({
          resourceRef: mlModelResourceRef,
          permissions: mlPermissions.filter(
            permission => permission.type === 'resource',
          ),
          rules: mlModelRules,
          getResources: async names => {
            const models = await registryStore.getModels(names);
            return Promise.all(
              names.map(name => {
                const model = models.find(entry => entry.name === name);
                return model && grantedModels.withGrants(model);
              }),
            );
          },
        });
        permissionsRegistry.addPermissions(
          mlPermissions.filter(permission => permission.type === 'basic'),
        );
        const authorizer = new Authorizer({
          permissions,
          permissionsRegistry,
          audit,
          grants: grantedModels,
        });
        auditService.useAuthorizer(authorizer);

        const { namespace, target: lineageTarget } = config.openLineage;
        const { outbox, webhooks } = await startWebhooks({
          ...deps,
          channels: [
            ...(lineageTarget
              ? [
                  new OpenLineageChannel({
                    config: lineageTarget,
                    namespace,
                    versions: registryStore,
                  }),
                ]
              : []),
            ...(config.notifications
              ? [
                  new NotificationChannel({
                    notifications: deps.notifications,
                    models: registryStore,
                  }),
                  new ApprovalNotices({
                    notifications: deps.notifications,
                    models: registryStore,
                    policies,
                  }),
                ]
              : []),
          ],
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
        const lineage = new LineageService({
          ...governed,
          store: new DatabaseLineageStore({ knex }),
        });
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
        const grants = new GrantService({
          ...governed,
          store: grantStore,
          getOwnershipRefs,
        });
        const access = new AccessService({
          policies,
          grants: grantStore,
          authorizer,
          getOwnershipRefs,
        });
        const aliasStore = new DatabaseAliasStore({ knex });
        const evidence = new EvidenceCheck(
          evidenceKinds({ releases: store, models: registryStore, proofs }),
        );
        const aliases = new AliasService({
          ...governed,
          store: aliasStore,
          ...{ evidence, policies, getOwnershipRefs },
        });
        const creation = new ModelCreation({
          ...governed,
          store: registryStore,
        });
        const lifecycle = new VersionLifecycle({
          ...governed,
          store: registryStore,
        });
        const approvals = new ApprovalService({
          ...governed,
          store: new DatabaseApprovalStore({ knex }),
        });
        const segments = new SegmentService({
          ...{ knex, log: audit, signer: auditSigner, approvals, authorizer },
          retentionMonths: config.audit.retentionMonths,
        });
        const people = new People(deps);
        const policy = createPolicyService({
          ...{ ...governed, approvals, config, evidence, people },
          ...{ getOwnershipRefs, store: policyStore },
        });
        const accessReview = new AccessReviewService({
          ...{ ...governed, people, policyStore },
          store: new DatabaseAccessReviewStore({ knex }),
        });
        const deletion = new VersionDeletion({
          ...governed,
          store: registryStore,
          aliases: aliasStore,
          approvals,
          artifacts: releaser,
        });
        const retention = new RetentionService({
          ...governed,
          store: new DatabaseRetentionStore({ knex }),
          deletion,
          approvals,
        });
        await scheduleRetention({ ...deps, retention });
        const limits = new SizeExceptionService({
          ...governed,
          store: exceptions,
          limits:
            customStore.get() || config.artifacts.external
              ? undefined
              : artifactLimits,
          approvals,
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
          ...{ knex, target, logger },
          gatewayKey: config.gatewayKey,
          scheduler: deps.scheduler,
          settings: config.batch,
        });

        registerActions({
          actionsRegistry: deps.actionsRegistry,
          registry,
          creation,
          lifecycle,
          deployments,
          evaluations,
          releases,
          batchJobs,
        });
        deps.httpRouter.use(
          createRouter({
            registry,
            creation,
            files: new VersionFiles({ ...governed, artifacts }),
            lifecycle,
            deletion,
            aliases,
            approvals,
            ...accounts,
            limits,
            grants,
            access,
            accessReview,
            policy,
            retention,
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
            lineage,
            proofs,
            predictions: new PredictionService({
              ...shared,
              authorizer,
              gatewayKey: config.gatewayKey,
            }),
            grpcGateways: config.grpcGateways,
            namespace,
            auditService,
            segments,
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
