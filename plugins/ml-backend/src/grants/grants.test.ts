import { createHash } from 'node:crypto';
import { mockCredentials } from '@backstage/backend-test-utils';
import { repositoryOf } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage, pushPackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, type TestPlatform } from '../__testUtils__/startPlatform';
import { startWithRoles } from '../__testUtils__/startWithRoles';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
/** More than lies in any buffer between the two ends. */
const BYTES = 48 * 1024 * 1024;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const token = (name: string) =>
  mockCredentials.user.token(`user:default/${name}`);

describe.each(databases.ids)('grants on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  const as = (name: string) => platform.as(`user:default/${name}`);
  const grant = (expiresAt = inMs(3_600_000)) =>
    as('mei').access.createGrant({
      ...{ subject: 'group:default/health-team', model: MODEL, expiresAt },
      ...{ capability: 'read', reason: 'They compare it with theirs' },
    });

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await startWithRoles({ knex });
    const digest = await pushPackage({
      ...{ url: platform.url, token: token('mei'), model: MODEL },
      files: examplePackage(MODEL),
    });
    await as('mei').registerVersion(MODEL, { version: '1.0.0', digest });
  });
  afterEach(() => platform.stop());

  it('let others in until they are revoked, once', async () => {
    await expect(as('hana').getModel(MODEL)).rejects.toMatchObject(
      refusal(404, ''),
    );
    const { id } = await grant();
    expect((await as('hana').getModel(MODEL)).name).toBe(MODEL);
    expect((await as('hana').access.getGrant(id)).lastUsedAt).toBeDefined();
    // Who has it does not end it, nor does somebody else.
    await expect(as('hana').access.revokeGrant(id)).rejects.toMatchObject(
      refusal(403, 'ml.grant.manage'),
    );
    await expect(as('vera').access.revokeGrant(id)).rejects.toMatchObject(
      refusal(404, 'no grant'),
    );
    await as('noah').access.revokeGrant(id);
    await expect(as('hana').getModel(MODEL)).rejects.toMatchObject(
      refusal(404, ''),
    );
    await expect(as('mei').access.revokeGrant(id)).rejects.toMatchObject(
      refusal(409, 'is revoked already'),
    );
  });

  it('end by themselves', async () => {
    const { id } = await grant();
    await as('hana').getModel(MODEL);
    await knex('ml_grants')
      .where({ id })
      .update({ expires_at: inMs(-1) });
    await expect(as('hana').getModel(MODEL)).rejects.toMatchObject(
      refusal(404, ''),
    );
    expect((await as('hana').access.getGrant(id)).state).toBe('expired');
    await expect(as('mei').access.revokeGrant(id)).rejects.toMatchObject(
      refusal(409, 'is expired already'),
    );
    for (const expiresAt of [inMs(-1), inMs(91 * 86_400_000)]) {
      await expect(grant(expiresAt)).rejects.toMatchObject(
        refusal(400, /^expiresAt: .*90 days at most/),
      );
    }
  });

  it('cut off a download that is under way when they are revoked', async () => {
    const bytes = Buffer.alloc(BYTES, 'grants');
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const blobs = `${platform.url}/v2/${repositoryOf(MODEL)}/blobs`;
    const pushed = await fetch(`${blobs}/uploads/?digest=${digest}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token('mei')}`,
        'content-type': 'application/octet-stream',
      },
      body: bytes,
    });
    expect(pushed.status).toBe(201);
    const open = async (name: string) => {
      const response = await fetch(`${blobs}/${digest}`, {
        headers: { authorization: `Bearer ${token(name)}` },
      });
      expect(response.status).toBe(200);
      const reader = response.body!.getReader();
      await reader.read();
      return reader;
    };
    const { id } = await grant();
    const [granted, own] = [await open('hana'), await open('mei')];
    await as('mei').access.revokeGrant(id);
    // Nothing is read meanwhile, so that the rest stays with the server.
    await eventually(
      async () => (await denials()).length > 0,
      'the download to be cut off',
    );
    await expect(drain(granted)).rejects.toThrow();
    // Whose right is their own reads on to the end.
    expect(await drain(own)).toBeGreaterThan(BYTES / 2);

    async function denials() {
      const { items } = await as('sam').audit.list({
        ...{ actor: 'user:default/hana', outcome: 'denied' },
      });
      return items;
    }
  });
});

/** How many bytes still come. */
async function drain(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<number> {
  let count = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return count;
    count += value.length;
  }
}
