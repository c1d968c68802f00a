import type { EmergencyRollback } from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { EventOutbox } from '../webhooks/EventOutbox';
import { applyRelease } from './deploymentState';
import { releaseEvent } from './releaseEvent';
import type { ReleaseStore, StoredDeployment } from './ReleaseStore';

/** Recorded as the actor: the data plane knows no users. */
const ACTOR = 'service:inference-server';

/**
 * Makes a rollback that the data plane was asked for directly one of ours: a
 * release with its cause, audited, and the deployment as it is in truth. Done
 * once, however often it is reported.
 *
 * @returns the deployment after it
 */
export async function adoptRollback(
  options: {
    store: ReleaseStore;
    audit: AuditLog;
    outbox: EventOutbox;
    changes: ChangeNotifier;
  },
  deployment: StoredDeployment,
  emergency: EmergencyRollback,
): Promise<StoredDeployment> {
  const { audit, changes, outbox, store } = options;
  const { environment, model } = deployment;
  const { at, cause, from, generation, id, to } = emergency;
  if (await store.get(id)) return deployment;
  const release = { kind: 'rollback', version: to } as const;
  const adopted = await store.transaction(async trx => {
    const recorded = await store.record(trx, {
      ...release,
      id,
      model,
      environment,
      fromVersion: from,
      strategy: 'immediate',
      reason: cause,
      requestedBy: ACTOR,
      at,
    });
    const after: StoredDeployment = {
      ...deployment,
      ...applyRelease(deployment, release),
      releaseNumber: recorded.number,
      since: at,
      by: ACTOR,
      generation: Math.max(deployment.generation, generation),
    };
    await store.saveDeployment(trx, after);
    await audit.record(
      {
        actor: ACTOR,
        action: 'release.rollback',
        resource: `deployment:${environment}/${model}`,
        outcome: 'succeeded',
        details: {
          release: id,
          number: recorded.number,
          version: to,
          fromVersion: from,
          emergency: true,
          at,
          cause,
        },
      },
      trx,
    );
    await outbox.append(releaseEvent(recorded, 'succeeded', undefined), trx);
    return after;
  });
  changes.modelChanged({ model, environment, releaseId: id });
  return adopted;
}
