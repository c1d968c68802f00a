import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { refusal } from '../../__testUtils__/refusal';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';
import { DatabaseAuditLog } from '../DatabaseAuditLog';
import { sealKeyFrom } from '../startAudit';
import { Sequencer } from '../tree/Sequencer';
import { HeadWatch } from './HeadWatch';

jest.setTimeout(120_000);

const databases = testDatabases();
const SAM = 'user:default/sam';
const AUDITORS = 'group:default/security-team';
const SEED = Buffer.alloc(32, 1);
const KEY = SEED.toString('base64url');

describe.each(databases.ids)('alerts about the log on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let folder: string;

  const start = async () => {
    platform = await TestPlatform.start({
      knex,
      roles: {
        'data-access-auditor': [AUDITORS],
        'platform-admin': ['group:default/platform-team'],
      },
      audit: {
        signingKey: KEY,
        checkpoints: {
          file: join(folder, 'checkpoints.jsonl'),
          interval: '50ms',
        },
        alerts: { interval: '50ms', outcomeAfter: '200ms' },
      },
    });
  };
  const audit = () => platform.as(SAM).audit;
  const alertOf = (kind: string) =>
    eventually(
      async () => (await audit().status()).alerts.find(a => a.kind === kind),
      `an alert of the kind ${kind}`,
    );
  const told = (message: string) =>
    eventually(
      async () =>
        platform.sent.find(({ payload }) => payload.description === message),
      'a notification',
    );
  const healthIs = (word: string) =>
    eventually(async () => {
      const answer = await fetch(`${platform.url}/api/ml/health`);
      const health = (await answer.json()) as { status: string; audit: string };
      return health.status === 'ok' && health.audit === word;
    }, `the health of the log to be ${word}`);
  const allowChange = async (table: string) => {
    if (databaseId === 'SQLITE_3') {
      await knex.raw(`drop trigger ${table}_no_delete`);
      await knex.raw(`drop trigger ${table}_no_update`);
    } else {
      await knex.raw(`drop trigger ${table}_append_only on ${table}`);
    }
  };
  const act = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        platform.as(SAM).webhooks.create({ url: 'http://127.0.0.1:9/hook' }),
      ),
    );
  const anchored = () =>
    eventually(async () => {
      const { anchors, pending, size } = await audit().status();
      return pending === 0 && anchors[0].size === size ? size : undefined;
    }, 'the log to be anchored');

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    folder = mkdtempSync(join(tmpdir(), 'audit-alerts-'));
    await start();
  });
  afterEach(async () => {
    await platform.stop();
    rmSync(folder, { recursive: true });
  });

  it('are raised for an intent without an outcome, once, and closed by an auditor', async () => {
    const log = new DatabaseAuditLog({
      ...{ knex, sealKey: sealKeyFrom(SEED) },
    });
    await platform.stop();
    const intent = {
      actor: 'user:default/mia',
      action: 'prediction.try',
      resource: 'deployment:staging/wine-classifier',
      outcome: 'intended',
    } as const;
    const answered = { ...intent, requestId: randomUUID() };
    const abandoned = { ...intent, requestId: randomUUID() };
    await log.record(answered);
    await log.record(abandoned);
    await log.record({ ...answered, outcome: 'failed' });
    await start();

    const alert = await alertOf('missing-outcome');
    const { items } = await audit().list({ action: 'prediction.try' });
    const { id } = items.find(
      ({ requestId }) => requestId === abandoned.requestId,
    )!;
    expect(alert).toMatchObject({
      event: id,
      message: expect.stringContaining('nothing says how it ended'),
    });
    expect(await told(alert.message)).toMatchObject({
      recipients: { type: 'entity', entityRef: [AUDITORS] },
      payload: { severity: 'high', topic: 'ml.audit' },
    });
    await healthIs('alert');
    expect((await audit().list({ action: 'audit.alert' })).items).toHaveLength(
      1,
    );

    await audit().closeAlert(alert.id, 'the process was ended by hand');
    await healthIs('ok');
    const closed = (await audit().list({ action: 'audit.alert.close' })).items;
    expect(closed).toMatchObject([
      { actor: SAM, details: { alert: alert.id, kind: 'missing-outcome' } },
    ]);
    await expect(audit().closeAlert(alert.id, 'again')).rejects.toMatchObject(
      refusal(409, 'closed already'),
    );
    expect(platform.sent).toHaveLength(1);
  });

  it('are raised when the head moved back, as soon as it shows', async () => {
    await act(5);
    const size = await anchored();
    await allowChange('ml_audit_leaves');
    await allowChange('ml_audit_events');
    await knex('ml_audit_leaves')
      .where('position', '>=', size - 2)
      .delete();
    await knex('ml_audit_head').update({ size: size - 2 });
    const alert = await alertOf('head-moved-back');
    expect(alert.message).toMatch(
      RegExp(`had ${size} entries|has seen ${size} of them`),
    );
    expect(await told(alert.message)).toMatchObject({
      payload: { severity: 'critical' },
    });
  });

  it('are raised for a gap', async () => {
    await act(5);
    const size = await anchored();
    await allowChange('ml_audit_leaves');
    await knex('ml_audit_leaves')
      .where('position', size - 1)
      .delete();
    expect((await alertOf('gap')).message).toContain(
      `it has ${size} entries, but its tree ends at ${size - 1}`,
    );
  });

  it('are raised by the check of the night, for what it finds', async () => {
    await platform.stop();
    const scheduler = mockServices.scheduler();
    platform = await TestPlatform.start({
      knex,
      scheduler,
      audit: { signingKey: KEY, alerts: { interval: '50ms' } },
    });
    await act(3);
    await eventually(
      async () => (await audit().status()).pending === 0,
      'entries to be taken in',
    );
    await allowChange('ml_audit_events');
    await knex('ml_audit_events')
      .where({ action: 'webhook.create' })
      .update({ actor: 'user:default/somebody-else' });
    await scheduler.triggerTask('ml-audit-verification');
    expect((await alertOf('tampered')).message).toContain('was changed');
    await healthIs('broken');
  });
});

describe('the watch over the end of the log', () => {
  it('sees a clock that is set, and none that merely runs', async () => {
    const knex = await databases.init('SQLITE_3');
    let [wall, steady] = [Date.UTC(2026, 0, 1), 0];
    const watch = new HeadWatch({
      knex,
      clocks: { wall: () => wall, steady: () => steady },
    });
    const pass = (ms: number, stepMs = 0) => {
      steady += ms;
      wall += ms + stepMs;
      return watch.look();
    };
    expect(await pass(0)).toEqual([]);
    expect(await pass(60_000)).toEqual([]);
    expect(await pass(60_000, 2_000)).toEqual([]);
    expect(await pass(60_000, -3_600_000)).toMatchObject([
      { kind: 'clock', message: expect.stringContaining('back by 3600 s') },
    ]);
    expect(await pass(60_000, 7_200_000)).toMatchObject([
      { kind: 'clock', message: expect.stringContaining('ahead by 7200 s') },
    ]);
  });

  it('sees a log that was put in the place of this one', async () => {
    const knex = await databases.init('SQLITE_3');
    const logger = mockServices.logger.mock();
    const log = new DatabaseAuditLog({ knex });
    const write = (actor: string) =>
      log.record({
        ...{ actor, action: 'test', resource: 'test' },
        outcome: 'succeeded',
      });
    await write('a');
    await new Sequencer({ knex, logger }).integrate();
    const watch = new HeadWatch({ knex });
    expect(await watch.look()).toEqual([]);
    await knex.raw('drop trigger ml_audit_leaves_no_update');
    await knex('ml_audit_leaves').update({ hash: 'ab'.repeat(32) });
    await write('b');
    await new Sequencer({ knex, logger }).integrate();
    expect(await watch.look()).toMatchObject([{ kind: 'head-moved-back' }]);
  });
});
