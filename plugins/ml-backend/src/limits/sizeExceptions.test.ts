import { createHash } from 'node:crypto';
import { mockCredentials } from '@backstage/backend-test-utils';
import { repositoryOf } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const OTHER = 'diabetes-risk';
const LIMIT = 200_000;
const RAISED = 2 * LIMIT;
const inDays = (days: number) =>
  new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();

describe.each(databases.ids)('size exceptions on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  const mia = () => platform.as('user:default/mia');
  const paul = () => platform.as('user:default/paul');
  const push = async (model: string, size: number) => {
    const bytes = Buffer.alloc(size, String(size));
    const digest = createHash('sha256').update(bytes).digest('hex');
    const response = await fetch(
      `${platform.url}/v2/${repositoryOf(
        model,
      )}/blobs/uploads/?digest=sha256:${digest}`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${mockCredentials.user.token()}`,
          'content-type': 'application/octet-stream',
        },
        body: bytes,
      },
    );
    return { status: response.status, text: await response.text() };
  };
  const ask = (change: { maxBytes?: number; expiresAt?: string } = {}) =>
    mia().limits.request(MODEL, {
      maxBytes: RAISED,
      expiresAt: inDays(30),
      reason: 'A larger vocabulary',
      ...change,
    });

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex, maxArtifactBytes: LIMIT });
    for (const model of [MODEL, OTHER]) {
      await platform.register(model, '1.0.0', examplePackage(model));
    }
  });
  afterEach(() => platform.stop());

  it('refuses what is too large, and says how to ask for more', async () => {
    const refused = await push(MODEL, LIMIT + 1);
    expect(refused.status).toBe(413);
    expect(refused.text).toContain(`ml limits request ${MODEL} --size`);
    expect(await mia().limits.get(MODEL)).toEqual({
      model: MODEL,
      defaultBytes: LIMIT,
      maxBytes: LIMIT,
      exceptions: [],
    });
  });

  it('raises the limit of one model, once somebody else approves', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({
      kind: 'artifact.limit',
      state: 'pending',
      subject: { maxBytes: RAISED },
    });
    expect(asked.consequences[0]).toContain('400000 bytes');
    expect((await push(MODEL, LIMIT + 1)).status).toBe(413);
    await expect(
      mia().approvals.decide(asked.id, 'approve'),
    ).rejects.toMatchObject(refusal(403, 'somebody else has to decide'));

    await paul().approvals.decide(asked.id, 'approve');
    expect((await push(MODEL, LIMIT + 1)).status).toBe(201);
    expect((await push(MODEL, RAISED + 1)).status).toBe(413);
    expect((await push(OTHER, LIMIT + 1)).status).toBe(413);
    const { exceptions, maxBytes } = await mia().limits.get(MODEL);
    expect(maxBytes).toBe(RAISED);
    expect(exceptions).toEqual([
      expect.objectContaining({
        id: asked.id,
        state: 'active',
        requestedBy: 'user:default/mia',
        approvedBy: 'user:default/paul',
        reason: 'A larger vocabulary',
      }),
    ]);
    const { items } = await mia().audit.list({
      resource: `model:${MODEL}`,
    });
    expect(items[0]).toMatchObject({
      action: 'limit.grant',
      actor: 'user:default/paul',
      details: { maxBytes: RAISED, requestedBy: 'user:default/mia' },
    });
  });

  it('takes the limit back when it is revoked or its time is over', async () => {
    const first = await ask();
    await paul().approvals.decide(first.id, 'approve');
    await expect(mia().limits.revoke(OTHER, first.id)).rejects.toMatchObject(
      refusal(404, 'no size exception'),
    );
    await expect(mia().limits.revoke(MODEL, first.id)).resolves.toMatchObject({
      state: 'revoked',
      revokedBy: 'user:default/mia',
    });
    expect((await push(MODEL, LIMIT + 1)).status).toBe(413);
    await expect(mia().limits.revoke(MODEL, first.id)).rejects.toMatchObject(
      refusal(409, 'over already'),
    );

    const second = await ask();
    await paul().approvals.decide(second.id, 'approve');
    expect((await push(MODEL, LIMIT + 1)).status).toBe(201);
    await knex('ml_size_exceptions')
      .where({ id: second.id })
      .update({ expires_at: inDays(-1) });
    expect((await push(MODEL, LIMIT + 2)).status).toBe(413);
    const { exceptions } = await mia().limits.get(MODEL);
    expect(exceptions.map(({ state }) => state)).toEqual([
      'expired',
      'revoked',
    ]);
  });

  it('refuses a request that makes no sense, and a second one beside the first', async () => {
    await expect(ask({ maxBytes: LIMIT })).rejects.toMatchObject(
      refusal(400, /^maxBytes: .* is no more than/),
    );
    await expect(ask({ expiresAt: inDays(-1) })).rejects.toMatchObject(
      refusal(400, 'expiresAt:'),
    );
    await expect(ask({ expiresAt: inDays(800) })).rejects.toMatchObject(
      refusal(400, 'by a year at most'),
    );
    await expect(
      mia().limits.request('unknown', {
        maxBytes: RAISED,
        expiresAt: inDays(1),
        reason: 'why not',
      }),
    ).rejects.toMatchObject(refusal(404, "no model 'unknown'"));
    await ask();
    await expect(ask({ maxBytes: RAISED + 1 })).rejects.toMatchObject(
      refusal(409, 'asked for this on'),
    );
  });

  it('grants nothing that was approved after its end', async () => {
    const asked = await ask();
    await knex('ml_approvals')
      .where({ id: asked.id })
      .update({
        subject: JSON.stringify({ maxBytes: RAISED, expiresAt: inDays(-1) }),
      });
    await expect(
      paul().approvals.decide(asked.id, 'approve'),
    ).rejects.toMatchObject(refusal(409, 'ended on'));
    expect((await paul().approvals.get(asked.id)).state).toBe('pending');
    expect((await push(MODEL, LIMIT + 1)).status).toBe(413);
  });
});
