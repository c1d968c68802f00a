import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import type { MlEvent } from '@ml-platform/plugin-ml-common';
import { ApprovalNotices } from './ApprovalNotices';

const OWNER = 'group:default/quality-team';
const ADMINS = 'group:default/platform-team';

describe('notices of approvals', () => {
  const tell = async (actor: string, data: object) => {
    const sent: NotificationSendOptions[] = [];
    const notices = new ApprovalNotices({
      notifications: { send: async options => void sent.push(options) },
      models: { getModel: async () => ({ owner: OWNER } as any) },
      policies: {
        get: async () => ({ 'platform-admin': [ADMINS] } as never),
      },
    });
    await notices.send({
      data: {
        model: 'wine',
        actor,
        approval: 'one',
        summary: 'Delete wine 1.0.0',
        reason: 'Wrong data',
        requestedBy: 'user:default/mei',
        ...data,
      },
    } as Partial<MlEvent> as MlEvent);
    return sent.map(({ payload, recipients }) => ({ recipients, ...payload }));
  };
  const to = (actor: string, ...refs: string[]) => ({
    type: 'entity',
    entityRef: refs,
    excludeEntityRef: actor,
  });

  it('go to those who may decide, and not to who asked', async () => {
    const mei = 'user:default/mei';
    expect(await tell(mei, {})).toEqual([
      expect.objectContaining({
        recipients: to(mei, OWNER, ADMINS),
        title: 'Waits for a second person: Delete wine 1.0.0',
      }),
    ]);
  });

  it('go to who asked when it is decided, or to the owner of the account', async () => {
    const noah = 'user:default/noah';
    expect(await tell(noah, { decision: 'deny' })).toEqual([
      expect.objectContaining({
        recipients: to(noah, 'user:default/mei'),
        title: 'Denied: Delete wine 1.0.0',
      }),
    ]);
    const [notice] = await tell(noah, {
      decision: 'approve',
      requestedBy: 'service-account:quality-team/ci',
      requestedFor: 'user:default/hana',
    });
    expect(notice.recipients).toEqual(to(noah, 'user:default/hana'));
    expect(await tell(noah, { decision: 'use' })).toEqual([]);
  });

  it('go to everybody who was passed over in an emergency', async () => {
    const olga = 'user:default/olga';
    expect(await tell(olga, { decision: 'break-glass' })).toEqual([
      expect.objectContaining({
        recipients: to(olga, OWNER, ADMINS, 'user:default/mei'),
        severity: 'critical',
      }),
    ]);
  });
});
