import type { ExperimentStatus } from '@ml-platform/plugin-ml-common';
import type { AuditEntry } from '../audit/AuditLog';
import type { StoredExperiment } from './ExperimentStore';

/** What the audit log keeps of a step of an experiment. */
export function experimentEvent(
  step: 'start' | 'change' | 'stop' | 'reconcile',
  experiment: Pick<StoredExperiment, 'model' | 'environment' | 'spec'>,
  status?: ExperimentStatus,
): Pick<AuditEntry, 'action' | 'resource' | 'details'> {
  const { environment, model, spec } = experiment;
  return {
    action: `experiment.${step}`,
    resource: `deployment:${environment}/${model}`,
    details: {
      experiment: spec.id,
      name: spec.name,
      revision: spec.revision,
      // Without the values of the sticky header, which may tell who somebody is.
      arms: spec.arms.map(arm => `${arm.name}=${arm.version}:${arm.weight}`),
      ...(status && {
        counts: Object.fromEntries(
          Object.entries(status.counts).map(([arm, { errors, requests }]) => [
            arm,
            { requests, errors },
          ]),
        ),
      }),
    },
  };
}
