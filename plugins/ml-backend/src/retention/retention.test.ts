import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(90_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const VERSIONS = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0'];

describe.each(databases.ids)('retention on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  const scheduler = mockServices.scheduler();
  const mia = () => platform.as('user:default/mia');
  const paul = () => platform.as('user:default/paul');
  const names = (list: { version: string }[]) =>
    list.map(({ version }) => version);
  const left = async () => names((await mia().listVersions(MODEL)).items);
  const runSchedule = () => scheduler.triggerTask('ml-propose-retention');
  const waiting = async () =>
    (await paul().approvals.list({ state: 'pending' })).items;

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex, scheduler });
    for (const [index, version] of VERSIONS.entries()) {
      await platform.register(
        MODEL,
        version,
        examplePackage(MODEL, {
          'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        }),
      );
      await knex('ml_versions')
        .where({ version })
        .update({ created_at: `2026-01-0${index + 1}T00:00:00.000Z` });
    }
  });
  afterEach(() => platform.stop());

  it('says what would go and why the rest stays, before and after it is set', async () => {
    await expect(mia().retention.preview(MODEL)).rejects.toMatchObject(
      refusal(404, 'has no retention rule'),
    );
    await mia().aliases.set(MODEL, 'old', { version: '1.1.0' });
    await platform.finished(
      await mia().createRelease(MODEL, {
        environment: 'staging',
        version: '1.0.0',
      }),
    );
    await knex('ml_lineage_edges').insert({
      source: `version:${MODEL}@1.5.0`,
      position: 900,
      model: MODEL,
      version: '1.5.0',
      sort_key: '00',
      kind: 'parent',
      target: `version:${MODEL}@1.2.0`,
      details: JSON.stringify({ relation: 'fine-tuned' }),
    });
    const before = await mia().retention.preview(MODEL, { keepNewest: 1 });
    expect(names(before.remove)).toEqual(['1.3.0', '1.4.0']);
    expect(
      before.keep.map(({ reasons, version }) => [version, reasons]),
    ).toEqual([
      ['1.5.0', ['it is among the newest 1']],
      ['1.2.0', [`${MODEL}@1.5.0, which stays, was made from it`]],
      ['1.1.0', ["the alias 'old' points at it"]],
      ['1.0.0', [expect.stringContaining('staging serves it')]],
    ]);
    expect(before.removeBytes).toBeGreaterThan(0);
    expect((await mia().retention.get(MODEL)).rule).toBeUndefined();

    const rule = { keepNewest: 1, protected: ['1.4.0'] };
    await expect(mia().retention.set(MODEL, rule)).resolves.toMatchObject({
      ...rule,
      setBy: 'user:default/mia',
    });
    const after = await mia().retention.preview(MODEL);
    expect(names(after.remove)).toEqual(['1.3.0']);
    await expect(
      mia().retention.set(MODEL, { keepNewest: 1, protected: ['9.0.0'] }),
    ).rejects.toMatchObject(refusal(404, 'has no version 9.0.0'));
    await expect(
      mia().retention.set(MODEL, { keepNewest: 0, protected: [] }),
    ).rejects.toMatchObject(refusal(400, 'keepNewest:'));
    expect(await left()).toHaveLength(VERSIONS.length);
  });

  it('deletes the batch when a second person approves, without what has come into use', async () => {
    await mia().retention.set(MODEL, { keepNewest: 3, protected: [] });
    const { approval } = await mia().retention.propose(MODEL);
    expect(approval).toMatchObject({
      kind: 'retention.delete',
      requestedBy: 'user:default/mia',
      subject: { count: 3, versions: '1.0.0 1.1.0 1.2.0' },
    });
    await expect(mia().retention.propose(MODEL)).rejects.toMatchObject(
      refusal(409, 'asked for this'),
    );
    await expect(
      mia().approvals.decide(approval!.id, 'approve'),
    ).rejects.toMatchObject(refusal(403, 'somebody else'));
    expect(await left()).toHaveLength(VERSIONS.length);

    await mia().aliases.set(MODEL, 'reference', { version: '1.1.0' });
    await paul().approvals.decide(approval!.id, 'approve');
    expect(await left()).toEqual(['1.5.0', '1.4.0', '1.3.0', '1.1.0']);
    const { items } = await mia().audit.list({
      resource: `model:${MODEL}`,
    });
    expect(items[0]).toMatchObject({
      action: 'retention.delete',
      actor: 'user:default/paul',
      details: { deleted: ['1.0.0', '1.2.0'], kept: ['1.1.0'] },
    });
    await expect(mia().retention.propose(MODEL)).resolves.toEqual({});
  });

  it('refuses a batch of which nothing may go any more', async () => {
    await mia().retention.set(MODEL, { keepNewest: 5, protected: [] });
    const { approval } = await mia().retention.propose(MODEL);
    await mia().aliases.set(MODEL, 'reference', { version: '1.0.0' });
    await expect(
      paul().approvals.decide(approval!.id, 'approve'),
    ).rejects.toMatchObject(refusal(409, 'in use or gone'));
    expect(await left()).toHaveLength(VERSIONS.length);
  });

  it('proposes by itself, once, in the name of who set the rule', async () => {
    await runSchedule();
    expect(await waiting()).toEqual([]);
    await mia().retention.set(MODEL, { keepNewest: 4, protected: [] });
    await runSchedule();
    const [asked] = await waiting();
    expect(asked).toMatchObject({
      requestedBy: 'user:default/mia',
      reason: expect.stringContaining('keep the newest 4'),
      subject: { versions: '1.0.0 1.1.0' },
    });
    await runSchedule();
    expect(await waiting()).toHaveLength(1);
    expect(await left()).toHaveLength(VERSIONS.length);

    await paul().approvals.decide(asked.id, 'deny');
    await runSchedule();
    expect(await waiting()).toEqual([]);
    await mia().retention.set(MODEL, { keepNewest: 5, protected: [] });
    await runSchedule();
    expect((await waiting())[0].subject.versions).toBe('1.0.0');
    const { items } = await mia().audit.list({
      resource: `model:${MODEL}`,
    });
    expect(
      items.filter(({ action }) => action === 'retention.run')[0],
    ).toMatchObject({
      actor: 'service:ml-platform',
      details: { remove: 1, keep: 5 },
    });

    await mia().retention.clear(MODEL);
    await expect(mia().retention.clear(MODEL)).rejects.toMatchObject(
      refusal(404, 'has no retention rule'),
    );
  });
});
