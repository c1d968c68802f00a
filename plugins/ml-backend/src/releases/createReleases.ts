import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { Knex } from 'knex';
import type { ApprovalService } from '../approvals/ApprovalService';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { MlConfig } from '../config';
import type { EvaluationGate } from '../evaluations/EvaluationGate';
import type { EvaluationRequests } from '../evaluations/EvaluationRequests';
import type { EvaluationStore } from '../evaluations/EvaluationStore';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { PolicySettings } from '../policy/PolicySettings';
import type { ProofService } from '../proof/ProofService';
import type { RegistryService } from '../registry/RegistryService';
import type { RegistryStore } from '../registry/RegistryStore';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { ReleaseStore } from './ReleaseStore';
import { DatabaseGitopsStore } from '../gitops/DatabaseGitopsStore';
import { DatabaseReleaseQuotas } from './admission/DatabaseReleaseQuotas';
import { DeploymentViews } from './DeploymentViews';
import { ExperimentCarrier } from '../experiments/ExperimentCarrier';
import { Reconciler } from './Reconciler';
import { ReleaseAdmission } from './admission/ReleaseAdmission';
import { ReleaseExceptions } from './admission/ReleaseExceptions';
import { ReleaseIntents } from '../gitops/ReleaseIntents';
import { ReleaseCreation } from './ReleaseCreation';
import { ReleaseMoves } from './ReleaseMoves';
import { ReleaseRunner } from './ReleaseRunner';
import { ReleaseService } from './ReleaseService';
import { RolloutSteering } from './RolloutSteering';
import { ServingMonitor } from '../serving/ServingMonitor';
import { createGitops } from '../gitops/createGitops';
import { WaitingReleases } from './waiting/WaitingReleases';
import { StartConditions } from './waiting/StartConditions';
import { WaitingSteps } from './waiting/WaitingSteps';

/** Puts together what releases versions, what watches them, and what keeps them in Git. */
export function createReleases(options: {
  /** Of Backstage, for what keeps releases in Git. */
  deps: Pick<
    Parameters<typeof createGitops>[0],
    'auth' | 'catalog' | 'config' | 'logger' | 'rootHttpRouter'
  >;
  config: MlConfig;
  knex: Knex;
  shared: {
    store: ReleaseStore;
    registry: RegistryService;
    experiments: ExperimentStore;
    target: ServingTarget;
    audit: AuditLog;
    changes: ChangeNotifier;
    logger: LoggerService;
  };
  models: RegistryStore;
  approvals: ApprovalService;
  authorizer: Authorizer;
  gate: EvaluationGate;
  evaluationRequests: EvaluationRequests;
  evaluationStore: EvaluationStore;
  outbox: EventOutbox;
  policies: PolicySettings;
  proofs: ProofService;
}) {
  const { approvals, authorizer, config, deps, gate, knex } = options;
  const { models, outbox, policies, proofs, shared } = options;
  const { changes, logger, target } = shared;
  const carrier = new ExperimentCarrier({
    ...shared,
    releases: shared.store,
    loadTimeout: config.loadTimeout,
  });
  const gitopsStore = new DatabaseGitopsStore({ knex });
  let onIntent = () => {};
  const released = config.gitops
    ? new ReleaseIntents({
        outbox,
        store: gitopsStore,
        onIntent: () => onIntent(),
      })
    : outbox;
  const reconciler = new Reconciler({
    ...shared,
    carrier,
    outbox: released,
  });
  const monitor = new ServingMonitor({
    target,
    changes,
    logger,
    interval: config.statusInterval,
    onStatus: status => reconciler.reconcile(status),
  });
  const moves = new ReleaseMoves({ ...shared, outbox: released });
  const waiting = new WaitingReleases({ ...shared, moves });
  const releaseExceptions = new ReleaseExceptions({
    ...shared,
    approvals,
    authorizer,
  });
  const admission = new ReleaseAdmission({
    store: shared.store,
    quotas: new DatabaseReleaseQuotas({ knex }),
    policy: {
      getReleasePolicy: async () => ({
        ...(await policies.get('releases')),
        quotas: await policies.get('quotas'),
        freezes: await policies.get('freezes'),
      }),
    },
  });
  const runner = new ReleaseRunner({
    ...shared,
    moves,
    waiting: new WaitingSteps({
      ...{ ...shared, admission, models, moves },
      conditions: new StartConditions({ ...shared, gate, proofs }),
      exceptions: releaseExceptions,
      evaluations: options.evaluationStore,
      requests: options.evaluationRequests,
    }),
    outbox: released,
    loadTimeout: config.loadTimeout,
    policies,
    strategies: config.strategies,
    onRouted: () => monitor.refresh(),
  });
  const deployments = new DeploymentViews({ ...shared, monitor });
  const steering = new RolloutSteering({
    ...{ ...shared, authorizer, waiting },
    exceptions: releaseExceptions,
  });
  const releases = new ReleaseService({
    ...{ ...shared, admission, authorizer, gate, proofs, steering, waiting },
    creation: new ReleaseCreation({
      ...{ ...shared, admission, outbox, waiting },
      exceptions: releaseExceptions,
      onCreated: () => runner.wake(),
    }),
  });

  const gitops =
    config.gitops &&
    createGitops({
      ...deps,
      settings: config.gitops,
      store: gitopsStore,
      releaseStore: shared.store,
      models,
      ...{ releases, authorizer, policies },
      registry: shared.registry,
      audit: shared.audit,
    });
  onIntent = () => gitops?.wake();

  return {
    ...{ carrier, deployments, gitops, monitor, releaseExceptions },
    ...{ releases, runner, steering },
  };
}
