import type { EventType, MlEvent } from '@ml-platform/plugin-ml-common';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryStore } from '../registry/RegistryStore';
import type { DeliveryChannel } from '../webhooks/DeliveryChannel';

const TYPES: ReadonlySet<EventType> = new Set<EventType>([
  'internal.ml.approval.requested',
  'internal.ml.approval.decided',
]);

const DONE: Record<string, string | undefined> = {
  approve: 'Approved',
  deny: 'Denied',
  withdraw: 'Withdrawn',
  review: 'Reviewed',
  'break-glass': 'Done without a second person',
};

/**
 * Tells people of requests in the portal: those who may decide when something is
 * asked for, who asked when it is decided, and everybody who was passed over
 * when somebody broke the glass.
 */
export class ApprovalNotices implements DeliveryChannel {
  readonly id = 'approval-notices';
  readonly #options: {
    notifications: NotificationService;
    models: Pick<RegistryStore, 'getModel'>;
    policies: PolicySettings;
  };

  constructor(options: {
    notifications: NotificationService;
    models: Pick<RegistryStore, 'getModel'>;
    policies: PolicySettings;
  }) {
    this.#options = options;
  }

  wants(type: EventType): boolean {
    return TYPES.has(type);
  }

  async send({ data }: MlEvent): Promise<number> {
    const { actor, decision, requestedBy, requestedFor, summary } = data;
    const asker = String(requestedFor ?? requestedBy);
    const step = decision === undefined ? undefined : String(decision);
    // Its use is who asked's own doing.
    if (step === 'use') return 204;
    const everybody = step === undefined || step === 'break-glass';
    const recipients = [
      ...(everybody ? await this.#deciders(data.model) : []),
      ...(step === undefined ? [] : [asker]),
    ].filter(ref => /^(user|group):/.test(ref));
    if (!recipients.length) return 204;
    await this.#options.notifications.send({
      recipients: {
        type: 'entity',
        entityRef: [...new Set(recipients)],
        excludeEntityRef: actor,
      },
      payload: {
        title: step
          ? `${DONE[step] ?? step}: ${summary}`
          : `Waits for a second person: ${summary}`,
        description: step
          ? `by ${actor}`
          : `${requestedBy} asks: ${data.reason}`,
        link: step ? '/ml/approvals?show=all' : '/ml/approvals',
        severity: step === 'break-glass' ? 'critical' : 'normal',
        topic: 'ml.approvals',
        scope: `${data.approval}/${step ?? 'request'}`,
      },
    });
    return 200;
  }

  async #deciders(model: string | undefined): Promise<string[]> {
    const { models, policies } = this.#options;
    const { 'platform-admin': admins } = await policies.get('roles');
    const owner = model && (await models.getModel(model))?.owner;
    return [...(owner ? [owner] : []), ...admins];
  }
}
