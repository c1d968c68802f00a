import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Evaluation } from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { PolicySettings } from '../policy/PolicySettings';
import type { ProofService } from '../proof/ProofService';
import { JobRunner } from '../jobs/JobRunner';
import type { RegistryService } from '../registry/RegistryService';
import type { RegistryStore } from '../registry/RegistryStore';
import type { ReleaseStore } from '../releases/ReleaseStore';
import { DatabaseEvaluationStore } from './DatabaseEvaluationStore';
import { EvaluationFinisher } from './EvaluationFinisher';
import { EvaluationGate } from './EvaluationGate';
import { EvaluationProcess } from './EvaluationProcess';
import { EvaluationRequests } from './EvaluationRequests';
import { EvaluationService } from './EvaluationService';
import type { EvaluationSettings } from './evaluationSettings';
import type { EvaluationStore } from './EvaluationStore';
import { ResultAttachment } from './ResultAttachment';

/** Puts together what evaluates versions, and what asks for it. */
export function createEvaluations(options: {
  knex: Knex;
  artifacts: ArtifactStore;
  registry: RegistryService;
  versions: RegistryStore;
  releases: ReleaseStore;
  policies: PolicySettings;
  proofs: ProofService;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
  logger: LoggerService;
  settings: EvaluationSettings;
}): {
  evaluations: EvaluationService;
  gate: EvaluationGate;
  evaluationRequests: EvaluationRequests;
  evaluationStore: EvaluationStore;
  evaluationRunner: JobRunner<Evaluation>;
} {
  const { artifacts, knex, logger, settings } = options;
  const store = new DatabaseEvaluationStore({ knex });
  const gate = new EvaluationGate(options);
  const attachment = new ResultAttachment({ artifacts });
  const evaluationRunner = new JobRunner<Evaluation>({
    // One after the other: they measure latency, and would disturb each other.
    ...{ store, logger, what: 'An evaluation' },
    executor: new EvaluationFinisher({
      ...options,
      ...{ store, attachment },
      process: new EvaluationProcess({
        ...{ artifacts, logger, directory: settings.directory },
      }),
    }),
  });
  const requests = new EvaluationRequests({
    ...{ store, audit: options.audit },
    onCreated: () => evaluationRunner.wake(),
  });
  const evaluations = new EvaluationService({
    ...options,
    ...{ store, gate, attachment, requests },
  });
  return {
    ...{ evaluations, gate, evaluationRunner },
    evaluationRequests: requests,
    evaluationStore: store,
  };
}
