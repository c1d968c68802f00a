// The portal and its policy as they run, and not what they might answer.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../plugins/ml-backend/src/__testUtils__/databases';
import {
  eventually,
  type TestPlatform,
} from '../../../plugins/ml-backend/src/__testUtils__/startPlatform';
import { startWithRoles } from '../../../plugins/ml-backend/src/__testUtils__/startWithRoles';
import { recordLongAgo } from '../../../plugins/ml-backend/src/audit/__testUtils__/recordLongAgo';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlServer } from './__testUtils__/MlServer';

jest.setTimeout(120_000);

const PAST = '2023-01-15T12:00:00.000Z';
const MONTH = '2023-01';
const NOBODYS = 'b0c7f0a8-7b7e-4b0a-8c0e-0d9a2b3c4d5e';

describe('ml audit', () => {
  const databases = testDatabases();
  let knex: Knex;
  let portal: TestPlatform;
  let ml: MlServer;
  let folder: string;

  const as =
    (user: string) =>
    (...args: string[]) =>
      ml.run(args, {
        url: portal.url,
        token: mockCredentials.user.token(`user:default/${user}`),
      });
  // An auditor, a platform admin, and an engineer.
  const [sam, olga, mei] = ['sam', 'olga', 'mei'].map(as);
  const refuses = async (
    typed: ReturnType<typeof sam>,
    code: number,
    message: string,
  ) => {
    const told = await typed;
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toContain(message);
    expect(told).toMatchObject({ code, stdout: '' });
  };
  /** Only auditors act on the log, and who may not is told who may. */
  const onlyAuditors = async (...args: string[]) => {
    for (const who of [olga, mei]) {
      await refuses(
        who(...args),
        4,
        'lacks the permission ml.audit.manage for audit, which takes the role data-access-auditor;',
      );
    }
  };
  /** Asks for something, and gives the approval that it waits for. */
  const asked = async (...args: string[]) => {
    const { code, stderr, stdout } = await sam(...args, '-o', 'name');
    expect(code).toBe(8);
    expect(stderr).toContain('A second person has to approve');
    return stdout.trim();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ml-audit-'));
    ml = await MlServer.start();
    knex = await databases.init('SQLITE_3');
    await recordLongAgo(knex, PAST);
    const start = async () => {
      portal = await startWithRoles({
        knex,
        audit: {
          signingKey: Buffer.alloc(32, 3).toString('base64url'),
          checkpoints: { interval: '50ms' },
        },
      });
    };
    // Takes it into the tree; the next start finds it there, and seals its month.
    await start();
    await portal.stop();
    await start();
    await eventually(
      async () => (await sam('audit', 'segments')).stdout.includes('due'),
      'the month to be sealed',
    );
  });
  afterAll(async () => {
    await portal?.stop();
    await ml?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('closes an alert, once, with what it was', async () => {
    const id = randomUUID();
    await knex('ml_audit_alerts').insert({
      ...{ id, kind: 'missing-outcome', subject: 'a test' },
      ...{ message: 'Something is missing', raised_at: PAST },
    });
    const close = (alert: string, ...more: string[]) => [
      ...['audit', 'close-alert', alert, ...more],
    ];
    const words = ['--comment', 'The machine was restarted'];
    expect((await sam('audit', 'status')).stdout).toContain(
      `ml audit close-alert ${id} --comment`,
    );
    await onlyAuditors(...close(id, ...words));
    await refuses(sam(...close(id)), 2, '--comment <text>');
    await refuses(sam(...close(id, '--comment', ' ')), 2, 'must say something');
    await refuses(sam(...close(NOBODYS, ...words)), 3, "'ml audit status'");
    expect(await sam(...close(id, ...words))).toMatchObject({
      ...{ code: 0, stdout: 'Closed: Something is missing\n' },
    });
    await refuses(sam(...close(id, ...words)), 5, 'is closed already');
    expect((await sam('audit', 'status')).stdout).not.toContain(id);
  });

  it('places a legal hold, keeps what is under it, and has two people release it', async () => {
    const place = ['audit', 'holds', 'place', '--reason', 'case 12'];
    const range = ['--since', MONTH, '--until', '2023-02'];
    await onlyAuditors(...place);
    await refuses(sam(...place, '--since', '2023-13'), 2, 'Write a month');
    await refuses(
      sam(...place, '--since', '2023-05', '--until', MONTH),
      1,
      'until: 2023-01 is before 2023-05',
    );
    const hold = (await sam(...place, ...range, '-o', 'name')).stdout.trim();
    await refuses(
      sam('audit', 'dispose', MONTH, '--reason', 'two years are over'),
      5,
      `under a legal hold (${hold})`,
    );

    const release = (id: string) => [
      ...['audit', 'holds', 'release', id, '--reason', 'case closed'],
    ];
    await onlyAuditors(...release(hold));
    await refuses(sam(...release(NOBODYS)), 3, "'ml audit holds list'");
    const approval = await asked(...release(hold));
    await refuses(sam(...release(hold)), 5, `(approval ${approval})`);
    await refuses(
      sam('approvals', 'approve', approval, '--yes'),
      4,
      'ml.approval.decide.platform',
    );
    expect(
      (await olga('approvals', 'approve', approval, '--yes')).stderr,
    ).toContain('Approved and done');
    expect((await sam('audit', 'holds', 'list')).stdout).toMatch(
      RegExp(`^${hold} +released +2023-01 +2023-02 +user:default/sam`, 'm'),
    );
    await refuses(sam(...release(hold)), 5, 'was released on');
  });

  it('disposes of a month that two people agreed on, once, and every proof stays', async () => {
    const dispose = (...more: string[]) => ['audit', 'dispose', ...more];
    await onlyAuditors(...dispose(MONTH, '--reason', 'two years are over'));
    await refuses(sam(...dispose('2023')), 2, 'Write a month');
    await refuses(sam(...dispose(MONTH, '--reason', '')), 2, 'say something');
    await refuses(sam(...dispose('2022-12', '--yes')), 3, 'no sealed month');
    await refuses(sam(...dispose(MONTH)), 2, 'Add --yes to do it');
    await refuses(
      sam(...dispose(MONTH, '--yes')),
      6,
      `Ask for it: ml audit dispose ${MONTH} --reason`,
    );
    const approval = await asked(
      ...dispose(MONTH, '--reason', 'two years are over'),
    );
    await refuses(
      sam(...dispose(MONTH, '--yes')),
      6,
      `approval ${approval} waits for a decision`,
    );
    const { stderr } = await olga('approvals', 'approve', approval, '--yes');
    expect(stderr).toContain('✓ Approved: “Dispose of the audit log of');
    expect(stderr).toContain('Nothing has happened yet: user:default/sam uses');
    await refuses(olga(...dispose(MONTH, '--yes')), 4, 'ml.audit.manage');

    const done = await sam(...dispose(MONTH, '--yes'));
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('Removed for good: 1 event of 2023-01.');
    await refuses(sam(...dispose(MONTH, '--yes')), 5, 'were disposed of on');
    expect((await sam('audit', 'segments')).stdout).toMatch(
      /^2023-01 +disposed +1 /m,
    );
    expect((await sam('audit', 'verify')).stdout).toContain(
      'All entries are as they were written.',
    );
  });

  it('says what is wrong with what it is asked to look up or to write', async () => {
    await refuses(sam('audit', 'search', '--since', 'soon'), 2, 'Write a date');
    await refuses(sam('audit', 'show', NOBODYS), 3, 'no audit event');
    await refuses(
      sam('audit', 'show', NOBODYS, '--proof'),
      3,
      'no audit event',
    );
    await refuses(mei('audit', 'verify'), 4, 'ml.audit.read');
    const to = (file: string) => [
      ...['audit', 'export', '--since', '1d', '--output', file],
    ];
    await refuses(
      sam(...to(join(folder, 'nowhere/audit.jsonl'))),
      1,
      'Cannot write',
    );
    await refuses(
      sam('audit', 'export', '--since', '2026-11-02', '--until', '2026-11-01'),
      1,
      'is not after',
    );
    const file = join(folder, 'audit.jsonl');
    await refuses(mei(...to(file)), 4, 'ml.audit.read');
    expect((await sam(...to(file))).stderr).toContain(`to ${file}`);
    expect(await readFile(file, 'utf8')).toContain('"audit.dispose"');
  });
});
