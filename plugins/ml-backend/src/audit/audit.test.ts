import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { AuditVerification } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { NoteVerifier } from './checkpoints/SignedNote';
import { openCheckpoint } from './checkpoints/checkpoint';
import { DatabaseAuditLog } from './DatabaseAuditLog';
import { entryBytes } from './entry';
import { leafHash } from './tree/hashes';
import { appendedNodes } from './tree/MerkleTree';
import { rootOfInclusion } from './tree/proofs';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const KEY = Buffer.alloc(32, 1).toString('base64url');
/** All but the date. */
const TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const TABLES = ['ml_audit_events', 'ml_audit_leaves', 'ml_audit_nodes'];

describe.each(databases.ids)('the audit log on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let anchor: string;
  const audit = () => platform.as('user:default/ada').audit;
  const start = async (signingKey = KEY) => {
    platform = await TestPlatform.start({
      knex,
      audit: {
        ...(signingKey && { signingKey }),
        checkpoints: { file: anchor, interval: '50ms' },
      },
    });
  };
  /** Writes entries as the platform does. */
  const act = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const target = { url: 'http://127.0.0.1:9/hook', model: `model-${i}` };
      const { id } = await platform
        .as('user:default/mia')
        .webhooks.create(target);
      await platform.as('user:default/mia').webhooks.remove(id);
    }
  };
  /** What waits has its place, and a checkpoint covers it. */
  const anchored = () =>
    eventually(async () => {
      const status = await audit().status();
      const { anchors, checkpoint, pending, size } = status;
      const covered = pending === 0 && checkpoint?.size === size;
      return covered && anchors[0].size === size ? status : undefined;
    }, 'the log to be anchored');

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    anchor = join(mkdtempSync(join(tmpdir(), 'audit-')), 'checkpoints.jsonl');
    await start();
  });

  afterEach(async () => {
    await platform.stop();
    rmSync(join(anchor, '..'), { recursive: true });
  });

  it('records changes and denials, finds them, and proves each', async () => {
    const digest = await platform.push(MODEL, examplePackage(MODEL));
    const mia = platform.as('user:default/mia');
    await mia.registerVersion(MODEL, { version: '1.0.0', digest });
    const status = await anchored();
    expect(status).toMatchObject({ health: 'ok', refused: 0 });

    const { items } = await audit().list({
      actor: 'user:default/mia',
      action: 'version.register',
      outcome: 'succeeded',
      since: '2020-01-01T00:00:00Z',
    });
    expect(items).toMatchObject([
      { resource: `version:${MODEL}@1.0.0`, details: { digest } },
    ]);
    expect(
      (await audit().list({ until: '2020-01-01T00:00:00Z' })).items,
    ).toEqual([]);
    expect(await audit().get(items[0].id)).toEqual(items[0]);
    const { items: others } = await audit().list({
      without: 'version.register,audit.read',
    });
    expect(others.length).toBeGreaterThan(0);
    expect(others.map(({ action }) => action)).not.toContain(
      'version.register',
    );

    const proof = await audit().proof(items[0].id);
    const [head, note] = splitOnce(proof, '\n\n');
    const [magic, index, ...hashes] = head.split('\n');
    expect(magic).toBe('c2sp.org/tlog-proof@v1');
    expect(index).toBe(`index ${items[0].position}`);
    const { position, ...event } = items[0];
    const checkpoint = openCheckpoint(
      note,
      NoteVerifier.parse(status.verifierKey!),
    );
    const root = rootOfInclusion({
      leaf: leafHash(entryBytes(event)),
      index: position!,
      size: checkpoint.size,
      path: hashes.map(hash => Buffer.from(hash, 'base64')),
    });
    expect(root?.equals(checkpoint.root)).toBe(true);
  });

  it('lets nobody in who may not read it', async () => {
    await platform.stop();
    platform = await TestPlatform.start({
      knex,
      permissions: {
        authorize: async requests =>
          requests.map(({ permission }) => ({
            result:
              permission.name === 'ml.audit.read'
                ? AuthorizeResult.DENY
                : AuthorizeResult.ALLOW,
          })),
      },
    });
    for (const call of [
      () => audit().list(),
      () => audit().status(),
      () => audit().verify(),
      () => audit().proof('x'),
      () =>
        audit().export({
          since: '2020-01-01T00:00:00Z',
          until: '2030-01-01T00:00:00Z',
        }),
    ]) {
      await expect(call()).rejects.toMatchObject(
        refusal(403, /lacks the permission ml.audit.read/),
      );
    }
  });

  it('cannot be changed by accident', async () => {
    await act(1);
    await anchored();
    // Errors of the SQLite driver may come from another realm than this test's.
    const refused = {
      message: expect.stringContaining('never changed'),
    };
    for (const table of TABLES.slice(0, 2)) {
      await expect(knex(table).delete()).rejects.toMatchObject(refused);
      await expect(knex(table).update({ sequence: 7 })).rejects.toMatchObject(
        refused,
      );
    }
  });

  it('takes in what a killed process had committed, and nothing twice', async () => {
    await platform.stop();
    const log = new DatabaseAuditLog({ knex });
    const entry = {
      actor: 'a',
      action: 'b',
      resource: 'c',
      outcome: 'failed' as const,
    };
    await Promise.all(Array.from({ length: 20 }, () => log.record(entry)));
    await expect(
      knex.transaction(async trx => {
        await log.record({ ...entry, action: 'never' }, trx);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await start('');
    const { size } = await eventually(async () => {
      const status = await audit().status();
      return status.pending === 0 ? status : undefined;
    }, 'all entries to be in the tree');
    // The first one says with which policies the platform began.
    expect(size).toBe(21);
    expect((await audit().status()).health).toBe('unsigned');
    expect((await audit().list({ action: 'never' })).items).toEqual([]);
  });

  it('says when checkpoints cannot be written outside, and catches up', async () => {
    await act(1);
    await anchored();
    rmSync(join(anchor, '..'), { recursive: true });
    writeFileSync(join(anchor, '..'), 'in the way');
    await act(1);
    const late = await eventually(async () => {
      const status = await audit().status();
      return status.message.startsWith('No checkpoint can be written')
        ? status
        : undefined;
    }, 'the log to be late');
    expect(late.health).toBe('late');
    expect(late.message).toContain(anchor);
    rmSync(join(anchor, '..'));
    await expect(anchored()).resolves.toMatchObject({ health: 'ok' });
    expect(readFileSync(anchor).length).toBeGreaterThan(0);
  });

  describe('when somebody with all rights on the database', () => {
    /** Stops the platform, gets the triggers out of the way, tampers, starts again. */
    const tamper = async (how: () => Promise<void>) => {
      await act(6);
      await anchored();
      await platform.stop();
      await dropTriggers(knex);
      await how();
      await start();
    };
    const findings = async (): Promise<AuditVerification['findings']> => {
      const result = await audit().verify();
      expect((await audit().status()).health).toBe('broken');
      return result.findings;
    };
    const rowAt = async (position: number) => {
      const leaf = await knex('ml_audit_leaves').where({ position }).first();
      return knex('ml_audit_events').where({ sequence: leaf.sequence }).first();
    };

    it('changes nothing, all is well', async () => {
      await tamper(async () => {});
      const result = await audit().verify();
      expect(result).toMatchObject({ findings: [] });
      expect(result.entries).toBeGreaterThanOrEqual(12);
      expect(result.checkpoints).toBeGreaterThan(1);
    });

    it('edits an entry, it is named', async () => {
      let id = '';
      await tamper(async () => {
        ({ id } = await rowAt(4));
        await knex('ml_audit_events').where({ id }).update({ actor: 'eve' });
      });
      expect((await findings())[0]).toMatchObject({
        kind: 'changed',
        position: 4,
        event: id,
      });
    });

    it('removes an entry, its place is named', async () => {
      await tamper(async () => {
        const { id } = await rowAt(5);
        await knex('ml_audit_events').where({ id }).delete();
      });
      expect((await findings())[0]).toMatchObject({
        kind: 'missing',
        position: 5,
      });
    });

    it('inserts an entry, it is named and never taken in', async () => {
      await tamper(async () => {
        const { sequence, ...row } = await rowAt(3);
        const [inserted] = await knex('ml_audit_events').insert(
          { ...row, id: 'forged', actor: 'user:default/victim' },
          ['sequence'],
        );
        await knex('ml_audit_pending').insert({ sequence: inserted.sequence });
      });
      expect((await findings())[0]).toMatchObject({
        kind: 'forged',
        event: 'forged',
      });
      expect(await audit().get('forged')).not.toHaveProperty('position');
    });

    it('swaps two entries, the first is named', async () => {
      await tamper(async () => {
        const [one, two] = await Promise.all([rowAt(2), rowAt(7)]);
        const swap = async (id: string, other: object) => {
          const {
            id: _,
            sequence: __,
            ...rest
          } = other as { id: string; sequence: number };
          await knex('ml_audit_events').where({ id }).update(rest);
        };
        await swap(one.id, two);
        await swap(two.id, one);
      });
      expect((await findings())[0]).toMatchObject({
        kind: 'changed',
        position: 2,
      });
    });

    it('cuts the tail off, the end is named and nothing is signed any more', async () => {
      let size = 0;
      await tamper(async () => {
        size = Number((await knex('ml_audit_head').first()).size);
        await cutTo(knex, size - 3);
      });
      const cut = (await findings()).find(({ kind }) => kind === 'cut');
      // The platform goes on: the alert about it is an entry already.
      expect(cut?.position).toBeGreaterThanOrEqual(size - 3);
      expect(cut?.position).toBeLessThan(size);
      await eventually(async () => {
        const { message } = await audit().status();
        return message.includes('has seen');
      }, 'the contradiction to be seen');
    });

    it('rewrites everything with a tree of its own, the first bad entry is named', async () => {
      let id = '';
      await tamper(async () => {
        ({ id } = await rowAt(1));
        await rewriteFrom(knex, id);
      });
      const found = await findings();
      expect(found[0]).toMatchObject({
        kind: 'forged',
        position: 1,
        event: id,
      });
      expect(found.map(({ kind }) => kind)).toContain('rewritten');
    });

    it('puts an old checkpoint in again, it is found', async () => {
      await act(1);
      await anchored();
      await tamper(async () => {
        const old = await knex('ml_audit_checkpoints').orderBy('id').first();
        await knex('ml_audit_checkpoints').insert({
          size: old.size,
          at: new Date().toISOString(),
          note: old.note,
        });
        const lines = readFileSync(anchor, 'utf8').split('\n');
        writeFileSync(anchor, `${lines.join('\n')}${lines[0]}\n`);
      });
      expect((await findings()).map(({ kind }) => kind)).toContain(
        'checkpoint',
      );
    });

    it('sets the clock back, the first entry after it is named', async () => {
      await act(2);
      await anchored();
      const before = (await audit().status()).size;
      jest.useFakeTimers({
        now: Date.now() - 3_600_000,
        doNotFake: [...TIMERS],
      });
      await act(1);
      jest.useRealTimers();
      await eventually(
        async () => (await audit().status()).pending === 0,
        'entries',
      );
      expect((await findings())[0]).toMatchObject({
        kind: 'clock',
        position: before,
      });
    });
  });
});

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

async function dropTriggers(knex: Knex): Promise<void> {
  const isPostgres = knex.client.config.client === 'pg';
  for (const table of TABLES) {
    const names = isPostgres
      ? [`${table}_append_only on ${table}`]
      : [`${table}_no_update`, `${table}_no_delete`];
    for (const name of names) await knex.raw(`drop trigger ${name}`);
  }
}

/** As if the entries from a place on had never been. */
async function cutTo(knex: Knex, size: number): Promise<void> {
  const cut = await knex('ml_audit_leaves').where('position', '>=', size);
  await knex('ml_audit_leaves').where('position', '>=', size).delete();
  await knex('ml_audit_events')
    .whereIn(
      'sequence',
      cut.map(({ sequence }) => sequence),
    )
    .delete();
  await knex('ml_audit_nodes')
    .whereRaw('(position + 1) * (1 << level) > ?', [size])
    .delete();
  await knex('ml_audit_head').update({ size });
  await knex('ml_audit_checkpoints').where('size', '>', size).delete();
}

/** Changes an entry and makes every hash of the tree fit again. */
async function rewriteFrom(knex: Knex, id: string): Promise<void> {
  const log = new DatabaseAuditLog({ knex });
  await knex('ml_audit_events').where({ id }).update({ actor: 'eve' });
  await knex('ml_audit_nodes').delete();
  const leaves = await knex('ml_audit_leaves').orderBy('position');
  const hashes: Buffer[] = [];
  for (const { position, sequence } of leaves) {
    const row = await knex('ml_audit_events').where({ sequence }).first();
    const stored = await log.get(row.id);
    const { position: _, sequence: __, ...event } = stored!;
    const hash = leafHash(entryBytes(event));
    hashes.push(hash);
    await knex('ml_audit_leaves')
      .where({ position })
      .update({ hash: hash.toString('hex') });
  }
  for (const node of appendedNodes(0, [], hashes)) {
    if (node.level === 0) continue;
    await knex('ml_audit_nodes').insert({
      level: node.level,
      position: node.index,
      hash: node.hash.toString('hex'),
    });
  }
  await knex('ml_audit_checkpoints').delete();
}
