import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigReader } from '@backstage/config';
import type { AuditEvent } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { refusal } from '../../__testUtils__/refusal';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';
import { readMlConfig } from '../../config';
import { openCheckpoint } from '../checkpoints/checkpoint';
import { NoteVerifier } from '../checkpoints/SignedNote';
import { DatabaseAuditLog } from '../DatabaseAuditLog';
import { entryBytes } from '../entry';
import { leafHash } from '../tree/hashes';
import { rootOfInclusion } from '../tree/proofs';
import { monthsAfter } from './months';

jest.setTimeout(120_000);

const SCRIPT = resolve(
  __dirname,
  '../../../../../scripts/verify-audit-export.py',
);
const databases = testDatabases();
const KEY = Buffer.alloc(32, 3).toString('base64url');
const SAM = 'user:default/sam';
const OLGA = 'user:default/olga';
const PEDRO = 'user:default/pedro';

describe.each(databases.ids)('the months of the log on %s', databaseId => {
  let knex: Knex;
  let folder: string;
  let platform: TestPlatform;

  const audit = (who = SAM) => platform.as(who).audit;
  /** Writes entries as they were written long ago. */
  const past = async (at: string, count: number) => {
    const log = new DatabaseAuditLog({ knex });
    const now = jest.spyOn(Date.prototype, 'toISOString').mockReturnValue(at);
    try {
      for (let i = 0; i < count; i += 1) {
        await log.record({
          actor: 'user:default/mia',
          action: 'version.register',
          resource: `version:m@1.0.${i}`,
          outcome: 'succeeded',
        });
      }
    } finally {
      now.mockRestore();
    }
  };
  const recently = monthsAfter(new Date().toISOString().slice(0, 7), -3);
  const start = async () => {
    platform = await TestPlatform.start({
      knex,
      audit: {
        signingKey: KEY,
        checkpoints: {
          file: join(folder, 'checkpoints.jsonl'),
          interval: '50ms',
        },
      },
    });
  };
  const sealed = () =>
    eventually(
      async () => (await audit().segments()).length >= 4,
      'the months to be sealed',
    );
  const approve = async (id: string) =>
    platform.as(OLGA).approvals.decide(id, 'approve', {});

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    folder = mkdtempSync(join(tmpdir(), 'audit-segments-'));
    await past('2023-01-15T12:00:00.000Z', 20);
    await past('2023-02-15T12:00:00.000Z', 10);
    await past(`${recently}-15T12:00:00.000Z`, 5);
    // Takes them into the tree; the next start finds them there, and seals.
    await start();
    await platform.stop();
    await start();
    await sealed();
  });
  afterEach(async () => {
    await platform.stop();
    rmSync(folder, { recursive: true });
  });

  it('are sealed when they are over, and due when their time is', async () => {
    expect(await audit().segments()).toMatchObject([
      { month: '2023-01', start: 0, end: 20, state: 'due', holds: [] },
      { month: '2023-02', start: 20, end: 30, state: 'due' },
      { month: recently, start: 30, end: 35, state: 'sealed' },
      { start: 35, state: 'open' },
    ]);
    expect(await audit().verify()).toMatchObject({ findings: [] });
  });

  it('are disposed of by two people, and every proof stays valid', async () => {
    const { items } = await audit().list({
      action: 'version.register',
      limit: 100,
    });
    const kept = items.find(({ position }) => position === 7)!;
    const request = await audit().requestDisposal('2023-01', 'two years over');
    await expect(audit().dispose('2023-01')).rejects.toMatchObject(
      refusal(409, 'second person'),
    );
    await expect(
      platform.as(SAM).approvals.decide(request.id, 'approve', {}),
    ).rejects.toMatchObject({ response: { status: 403 } });
    await approve(request.id);
    await expect(audit(PEDRO).dispose('2023-01')).rejects.toMatchObject(
      refusal(409, 'was given to'),
    );
    expect(await audit().dispose('2023-01')).toMatchObject({
      month: '2023-01',
      state: 'disposed',
    });
    await expect(audit().dispose('2023-01')).rejects.toMatchObject(
      refusal(409, 'were disposed of'),
    );

    const rows = await knex('ml_audit_events').where('at', '<', '2023-02');
    expect(rows).toEqual([]);
    await expect(audit().get(kept.id)).rejects.toMatchObject({
      response: { status: 404 },
    });
    expect(await audit().verify()).toMatchObject({
      findings: [],
      disposed: 20,
    });

    // Who kept the event proves that it was there.
    const { verifierKey } = await audit().status();
    const proof = await audit().proofAt(7);
    const [head, ...note] = proof.split('\n\n');
    const checkpoint = openCheckpoint(
      note.join('\n\n'),
      NoteVerifier.parse(verifierKey!),
    );
    const { position, ...event } = kept;
    const root = rootOfInclusion({
      leaf: leafHash(entryBytes(event as AuditEvent)),
      index: position!,
      size: checkpoint.size,
      path: head
        .split('\n')
        .slice(2)
        .map(hash => Buffer.from(hash, 'base64')),
    });
    expect(root?.equals(checkpoint.root)).toBe(true);

    // Somebody else verifies all of it, with nothing of ours.
    const text = await (
      await audit().export({
        since: '2023-01-01T00:00:00Z',
        until: new Date().toISOString(),
      })
    ).text();
    const verify = (content: string) => {
      const file = join(folder, 'export.jsonl');
      writeFileSync(file, content);
      const { status, stderr, stdout } = spawnSync(
        'python3',
        [SCRIPT, file, '--key', verifierKey!],
        { encoding: 'utf8' },
      );
      return { status, text: stdout + stderr };
    };
    expect(verify(text)).toEqual({
      status: 0,
      text: expect.stringContaining('20 of them disposed of'),
    });
    const unsaid = text.replace(/"disposals":\[.*?\],/, '');
    expect(verify(unsaid)).toEqual({
      status: 1,
      text: expect.stringContaining('nothing says that it was disposed of'),
    });
    const [{ leaf }] = text
      .split('\n')
      .filter(line => line.includes('"disposed"'))
      .map(line => JSON.parse(line));
    const other = text.replace(leaf, Buffer.alloc(32).toString('base64'));
    expect(verify(other).status).toBe(1);
  });

  it('stay under a legal hold, which a second person releases', async () => {
    const approved = await audit().requestDisposal('2023-02', 'over');
    await approve(approved.id);
    const hold = await audit().placeHold({
      reason: 'case 12/2025',
      since: '2023-02',
    });
    expect(await audit().segments()).toMatchObject([
      { month: '2023-01', state: 'due' },
      { month: '2023-02', state: 'held', holds: [hold.id] },
      { month: recently, state: 'sealed', holds: [hold.id] },
      { state: 'open' },
    ]);
    // Also when it was approved before the hold.
    await expect(audit().dispose('2023-02')).rejects.toMatchObject(
      refusal(409, 'legal hold'),
    );
    await expect(
      audit().requestDisposal('2023-02', 'over'),
    ).rejects.toMatchObject(refusal(409, 'legal hold'));
    const request = await audit().requestRelease(hold.id, 'case is closed');
    await approve(request.id);
    expect(await audit().holds()).toMatchObject([
      { id: hold.id, releasedBy: OLGA },
    ]);
    await expect(
      audit().requestRelease(hold.id, 'again'),
    ).rejects.toMatchObject(refusal(409, 'was released'));
    expect(await audit().dispose('2023-02')).toMatchObject({
      state: 'disposed',
    });
  });

  it('stay until their time is over', async () => {
    await expect(
      audit().requestDisposal(recently, 'too early'),
    ).rejects.toMatchObject(refusal(409, 'are kept until'));
    await expect(
      audit().requestDisposal('2023-03', 'no such month'),
    ).rejects.toMatchObject(refusal(404, 'no sealed month'));
    const month = new Date().toISOString().slice(0, 7);
    await expect(
      audit().requestDisposal(month, 'not over'),
    ).rejects.toMatchObject(refusal(404, 'no sealed month'));
  });

  it('are not removed by anybody else: it shows', async () => {
    const rows = () => knex('ml_audit_events').where('at', '<', '2023-02');
    await expect(rows().delete()).rejects.toMatchObject({
      message: expect.stringContaining('never changed nor removed'),
    });
    // An administrator of the database says that the month was disposed of.
    await knex('ml_audit_segments')
      .where({ month: '2023-01' })
      .update({ disposed_at: new Date().toISOString() });
    await rows().delete();
    const { findings } = await audit().verify();
    expect(findings[0]).toMatchObject({ kind: 'missing', position: 0 });
  });
});

it('refuses to keep the log for less than two years', () => {
  const config = new ConfigReader({
    backend: { baseUrl: 'http://localhost:7007' },
    ml: { audit: { retentionMonths: 12 } },
  });
  expect(() => readMlConfig(config)).toThrow('two years at least');
});
