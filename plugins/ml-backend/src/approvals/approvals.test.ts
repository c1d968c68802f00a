import type { PermissionsService } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Approval } from '@ml-platform/plugin-ml-common';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const BREAK_GLASS = 'ml.approval.break-glass';

describe.each(databases.ids)('approvals over REST on %s', databaseId => {
  let platform: TestPlatform;
  const allowed = new Set<string>();
  const mia = () => platform.as('user:default/mia');
  const paul = () => platform.as('user:default/paul');
  const askToDelete = async () =>
    (await mia().versions.requestDeletion(MODEL, '1.0.0', {
      reason: 'Trained on the wrong data',
    })) as Approval;

  beforeEach(async () => {
    allowed.clear();
    const authorize: PermissionsService['authorize'] = async requests =>
      requests.map(({ permission: { name } }) => ({
        result:
          name === BREAK_GLASS && !allowed.has(name)
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
      }));
    platform = await TestPlatform.start({
      knex: await databases.init(databaseId),
      permissions: { authorize },
    });
    for (const version of ['1.0.0', '1.1.0']) {
      await platform.register(
        MODEL,
        version,
        examplePackage(MODEL, {
          'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        }),
      );
    }
  });
  afterEach(() => platform.stop());

  it('lists who decides on what', async () => {
    const { items } = await mia().approvals.listKinds();
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'version.delete',
          permission: 'ml.approval.decide',
          perModel: true,
          effect: 'act',
        }),
        expect.objectContaining({
          kind: 'artifact.limit',
          permission: 'ml.approval.decide.platform',
          perModel: false,
        }),
      ]),
    );
  });

  it('lets no program decide, whatever the policy says of it', async () => {
    const { id } = await askToDelete();
    const response = await fetch(
      `${platform.url}/api/ml/v1/approvals/${id}/approve`,
      {
        method: 'POST',
        headers: { authorization: mockCredentials.service.header() },
      },
    );
    expect(response.status).toBe(403);
    await expect(mia().approvals.get(id)).resolves.toMatchObject({
      state: 'pending',
    });
  });

  it('breaks the glass for those who may, and asks for a review', async () => {
    const { id } = await askToDelete();
    const reason = 'It leaks what it was trained on';
    await expect(
      mia().approvals.breakGlass(id, { reason }),
    ).rejects.toMatchObject(refusal(403, BREAK_GLASS));
    allowed.add(BREAK_GLASS);
    await expect(
      mia().approvals.breakGlass(id, { reason: 'now' }),
    ).rejects.toMatchObject(refusal(400, 'reason'));
    await expect(
      mia().approvals.breakGlass(id, { reason }),
    ).resolves.toMatchObject({ state: 'used', breakGlass: { reason } });
    await expect(mia().getVersion(MODEL, '1.0.0')).resolves.toMatchObject({
      state: 'deleted',
    });
    await expect(
      mia().approvals.breakGlass(id, { reason }),
    ).rejects.toMatchObject(refusal(409, 'cannot be decided on any more'));

    const open = await paul().approvals.list({ review: 'open' });
    expect(open.items.map(each => each.id)).toEqual([id]);
    await expect(
      mia().approvals.review(id, { verdict: 'justified' }),
    ).rejects.toMatchObject(refusal(403, 'somebody else'));
    await paul().approvals.review(id, {
      verdict: 'unjustified',
      comment: 'A call would have done',
    });
    expect((await paul().approvals.list({ review: 'open' })).items).toEqual([]);
    const { items } = await paul().audit.list({ resource: `approval:${id}` });
    expect(items.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'approval.review succeeded',
      'approval.review denied',
      'approval.break-glass succeeded',
      'ml.approval.break-glass denied',
      'approval.request succeeded',
    ]);
  });

  it('refuses what is no decision and no verdict', async () => {
    const { id } = await askToDelete();
    await expect(
      paul().approvals.decide(id, 'postpone' as 'deny'),
    ).rejects.toMatchObject(refusal(400, "'postpone' is none"));
    await expect(
      paul().approvals.review(id, { verdict: 'fine' as 'justified' }),
    ).rejects.toMatchObject(refusal(400, 'verdict'));
    await expect(
      paul().approvals.review(id, { verdict: 'justified' }),
    ).rejects.toMatchObject(refusal(409, 'nothing to review'));
  });
});
