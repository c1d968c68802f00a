import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import {
  type Approval,
  mlApprovalDecidePlatformPermission,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { DatabaseAuditLog } from '../audit/DatabaseAuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import { ChangeNotifier } from '../events/ChangeNotifier';
import { contextOf, type RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import { OutboxStore } from '../webhooks/OutboxStore';
import { ApprovalService } from './ApprovalService';
import { DatabaseApprovalStore } from './DatabaseApprovalStore';

jest.setTimeout(60_000);

const databases = testDatabases();
const KIND = 'skip-canary';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const person = (name: string) =>
  contextOf(mockCredentials.user(`user:default/${name}`));
const mia = person('mia');
const paul = person('paul');
const olga = person('olga');

describe.each(databases.ids)('permits on %s', databaseId => {
  let knex: Knex;
  let audit: DatabaseAuditLog;
  let approvals: ApprovalService;
  const subject = { model: 'wine', version: '1.0.0', digest: DIGEST };
  const permit = { kind: KIND, subjectKey: 'wine@1.0.0', subject };
  const ask = (context: RequestContext = mia) =>
    approvals.request(context, {
      ...permit,
      summary: 'Release wine 1.0.0 without a canary',
      reason: 'The old one gives wrong answers',
      consequences: ['All callers get it at once.'],
    });
  /** Without the look before the transaction. */
  const take = (context = mia, wanted = permit) =>
    knex.transaction(trx => approvals.consume(context, wanted, trx));
  const use = async (
    context: RequestContext = mia,
    change: Partial<typeof permit> = {},
  ) => {
    const wanted = { ...permit, ...change };
    await approvals.requirePermit(context, wanted);
    return take(context, wanted);
  };
  const refused = (message: string) => ({
    code: 'APPROVAL_REQUIRED',
    message: expect.stringContaining(message),
  });

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    audit = new DatabaseAuditLog({ knex });
    // What the framework answers is not what is looked at here.
    const authorizer: Pick<Authorizer, 'require' | 'can'> = {
      require: async () => {},
      can: async ({ actor }) => actor !== 'user:default/vera',
    };
    const registry: Pick<RegistryService, 'getVisibleModels'> = {
      getVisibleModels: async () => [],
    };
    approvals = new ApprovalService({
      store: new DatabaseApprovalStore({ knex }),
      registry: registry as RegistryService,
      authorizer: authorizer as Authorizer,
      audit,
      outbox: new OutboxStore({ knex, source: 'http://localhost' }),
      changes: new ChangeNotifier({
        signals: { publish: async () => {} },
        events: mockServices.events.mock(),
        audience: { of: async () => [] },
        logger: mockServices.logger.mock(),
      }),
    });
    approvals.register({
      kind: KIND,
      title: 'Release without a canary',
      permission: mlApprovalDecidePlatformPermission,
      usableFor: 60_000,
    });
    approvals.register({
      kind: 'never-alone',
      title: 'Read personal data',
      permission: mlApprovalDecidePlatformPermission,
      breakGlass: false,
    });
  });

  const approved = async (): Promise<Approval> => {
    const { id } = await ask();
    return approvals.decide(paul, id, 'approve', 'Agreed');
  };

  it('is used once, by who asked, for what was approved', async () => {
    await expect(use()).rejects.toMatchObject(
      refused('needs the approval of a second person. Ask for it'),
    );
    const { id } = await ask();
    await expect(use()).rejects.toMatchObject(refused('waits for a decision'));
    await expect(approvals.decide(paul, id, 'approve')).resolves.toMatchObject({
      state: 'approved',
    });
    await approvals.requirePermit(mia, permit);
    for (const attempt of [use, take]) {
      await expect(attempt(olga)).rejects.toMatchObject(
        refused('was given to user:default/mia'),
      );
    }
    await expect(
      use(mia, {
        subject: { ...subject, digest: `sha256:${'cd'.repeat(32)}` },
      }),
    ).rejects.toMatchObject(refused('for another subject'));
    await expect(use(mia, { subjectKey: 'wine@1.0.1' })).rejects.toMatchObject(
      refused('needs the approval of a second person'),
    );

    await expect(use()).resolves.toMatchObject({ id });
    await expect(use()).rejects.toMatchObject(refused(`${id} is used`));
    const { items } = await audit.list({
      resource: `approval:${id}`,
      limit: 20,
    });
    expect(items.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['approval.use', 'denied'],
      ['approval.use', 'succeeded'],
      ['approval.use', 'denied'],
      ['approval.use', 'denied'],
      ['approval.approve', 'succeeded'],
      ['approval.use', 'denied'],
      ['approval.request', 'succeeded'],
    ]);
  });

  it('stays usable when what it was for failed, and goes to one of two at once', async () => {
    await approved();
    await expect(
      knex.transaction(async trx => {
        await approvals.consume(mia, permit, trx);
        throw new Error('The disk is full');
      }),
    ).rejects.toThrow('The disk is full');
    const both = await Promise.allSettled([take(), take()]);
    expect(both.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
  });

  it('ends when its time is over, before and after the decision', async () => {
    const { id } = await approved();
    const past = new Date(Date.now() - 1000).toISOString();
    await knex('ml_approvals').where({ id }).update({ usable_until: past });
    await expect(use()).rejects.toMatchObject(refused('is expired'));
    expect(
      (await approvals.list(mia, { state: 'approved', limit: 20 })).items,
    ).toEqual([]);
    expect(
      (await approvals.list(mia, { state: 'expired', limit: 20 })).items,
    ).toEqual([expect.objectContaining({ id })]);

    const second = await ask();
    await knex('ml_approvals')
      .where({ id: second.id })
      .update({ expires_at: past });
    await expect(approvals.decide(paul, second.id, 'approve')).rejects.toThrow(
      'is expired',
    );
    await expect(use()).rejects.toMatchObject(refused('is expired'));
  });

  it('is taken back by a no, also after a yes', async () => {
    const { id } = await approved();
    await approvals.decide(olga, id, 'deny', 'Wait for the fix');
    await expect(use()).rejects.toMatchObject(refused('is denied'));
    await expect(approvals.decide(paul, id, 'approve')).rejects.toThrow(
      'is denied by user:default/olga',
    );
    const again = await approved();
    await approvals.decide(mia, again.id, 'withdraw');
    await expect(use()).rejects.toMatchObject(refused('is withdrawn'));
  });

  it('is decided by one of two at once', async () => {
    const { id } = await ask();
    const both = await Promise.allSettled([
      approvals.decide(paul, id, 'approve'),
      approvals.decide(olga, id, 'approve'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
  });

  it('is decided by no detour of the one who asked', async () => {
    const account: RequestContext = {
      ...contextOf(mockCredentials.service('service-account:quality-team/ci')),
      account: {
        ref: 'service-account:quality-team/ci',
        owner: mia.actor,
        group: 'group:default/quality-team',
        ...{ capabilities: [], models: [], environments: [] },
      },
    };
    const own = await ask();
    const decide = (context: RequestContext, id: string) =>
      approvals.decide(context, id, 'approve');
    await expect(decide(mia, own.id)).rejects.toThrow(
      'You asked for this yourself',
    );
    await expect(decide(account, own.id)).rejects.toThrow('is no person');
    await expect(decide(person('MIA'), own.id)).rejects.toThrow(
      'somebody else has to decide',
    );
    const program = contextOf(mockCredentials.service('external:ml-cli'));
    await expect(decide(program, own.id)).rejects.toThrow('is no person');
    await approvals.decide(mia, own.id, 'withdraw');

    const byAccount = await ask(account);
    expect(byAccount).toMatchObject({ requestedFor: mia.actor });
    await expect(decide(account, byAccount.id)).rejects.toThrow('is no person');
    await expect(decide(mia, byAccount.id)).rejects.toThrow(
      'service-account:quality-team/ci, which is yours, asked for this',
    );
    await expect(
      approvals.decide(paul, byAccount.id, 'withdraw'),
    ).rejects.toThrow('Only service-account:quality-team/ci can withdraw');
    await expect(decide(paul, byAccount.id)).resolves.toMatchObject({
      state: 'approved',
    });
    // Given to the account, and so to nobody else.
    await expect(use(mia)).rejects.toMatchObject(refused('was given to'));
    await expect(use(account)).resolves.toMatchObject({ id: byAccount.id });
  });

  it('is given alone in an emergency, and reviewed by somebody else', async () => {
    const { id } = await ask();
    const reason = 'Callers are refused, and nobody else answers';
    await expect(approvals.breakGlass(mia, id, reason)).resolves.toMatchObject({
      state: 'approved',
      breakGlass: { by: mia.actor, reason },
    });
    await use();
    const open = () => approvals.list(olga, { review: 'open', limit: 20 });
    expect((await open()).items).toEqual([expect.objectContaining({ id })]);
    await expect(
      approvals.review(mia, id, { verdict: 'justified' }),
    ).rejects.toThrow('somebody else');
    await expect(
      approvals.review(olga, id, { verdict: 'justified', comment: 'Agreed' }),
    ).resolves.toMatchObject({
      breakGlass: { review: { by: olga.actor, verdict: 'justified' } },
    });
    await expect(
      approvals.review(paul, id, { verdict: 'unjustified' }),
    ).rejects.toThrow('user:default/olga reviewed this already');
    expect((await open()).items).toEqual([]);
  });

  it('is never given alone where the kind forbids it', async () => {
    const { id } = await approvals.request(mia, {
      ...permit,
      kind: 'never-alone',
      reason: 'A customer asks',
      consequences: [],
    });
    await expect(
      approvals.breakGlass(olga, id, 'It is urgent, they say'),
    ).rejects.toThrow('never done without a second person');
    const { id: normal } = await approved();
    await expect(
      approvals.review(olga, normal, { verdict: 'justified' }),
    ).rejects.toThrow('nothing to review');
  });

  it('shows a request about the platform to who asked and who decides', async () => {
    const { id } = await ask();
    const vera = person('vera');
    await expect(approvals.get(vera, id)).rejects.toThrow('There is no');
    expect((await approvals.list(vera, { limit: 20 })).items).toEqual([]);
    await expect(approvals.get(mia, id)).resolves.toMatchObject({ id });
    expect((await approvals.list(paul, { limit: 20 })).items).toHaveLength(1);
    expect(approvals.listKinds()).toContainEqual({
      kind: KIND,
      title: 'Release without a canary',
      permission: 'ml.approval.decide.platform',
      perModel: false,
      effect: 'permit',
      usableForSeconds: 60,
      breakGlass: true,
    });
    await expect(
      approvals.request(mia, {
        ...permit,
        kind: 'unheard-of',
        reason: 'x',
        consequences: [],
      }),
    ).rejects.toThrow("'unheard-of' is none; it is one of skip-canary");
  });
});
