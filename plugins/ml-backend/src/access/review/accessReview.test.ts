import { mockCredentials } from '@backstage/backend-test-utils';
import type { AccessEntry } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { examplePackage, pushPackage } from '../../__testUtils__/packages';
import { childGroup, userEntity } from '../../__testUtils__/people';
import { refusal } from '../../__testUtils__/refusal';
import type { TestPlatform } from '../../__testUtils__/startPlatform';
import {
  ROLES_OF_TEAMS,
  startWithRoles,
} from '../../__testUtils__/startWithRoles';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) =>
  new Date(Date.now() + days * DAY_MS).toISOString();
const PERIOD = { from: inDays(-30), to: inDays(1) };

describe.each(databases.ids)('an access review on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  const as = (name: string) => platform.as(`user:default/${name}`);
  const review = async (period = PERIOD) =>
    (await as('sam').access.review(period)).items;
  const find = (items: AccessEntry[], wanted: Partial<AccessEntry>) =>
    items.filter(item =>
      Object.entries(wanted).every(
        ([key, value]) => item[key as keyof AccessEntry] === value,
      ),
    );

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await startWithRoles({
      knex,
      entities: [
        userEntity('olga', 'platform-team'),
        userEntity('pedro', 'platform-team'),
        userEntity('mei', 'quality-team'),
        childGroup('quality-night-team', 'quality-team'),
        userEntity('nadia', 'quality-night-team'),
      ],
      ml: { signIn: { groups: { claim: 'groups', map: {} } } },
    });
    const digest = await pushPackage({
      url: platform.url,
      token: mockCredentials.user.token('user:default/mei'),
      model: MODEL,
      files: examplePackage(MODEL),
    });
    await as('mei').registerVersion(MODEL, { version: '1.0.0', digest });
  });
  afterEach(() => platform.stop());

  it('tells roles by person, with who gave them and when they were used', async () => {
    const [mei] = find(await review(), { subject: 'user:default/mei' });
    expect(mei).toMatchObject({
      ...{ kind: 'role', what: 'ml-engineer', scope: 'platform' },
      ...{ via: 'group:default/quality-team', state: 'active' },
      ...{ givenBy: 'configuration', reference: 'policy:0' },
      lastUsedAt: expect.stringMatching(/^20/),
    });
    expect(mei.until).toBeUndefined();
    // Nobody of the catalog is in it.
    expect(
      find(await review(), { subject: 'group:default/health-team' }),
    ).toEqual([expect.not.objectContaining({ lastUsedAt: expect.anything() })]);

    const roles = {
      ...ROLES_OF_TEAMS,
      'ml-engineer': ['user:default/mei'],
    };
    const { approval } = await as('olga').policy.propose(0, {
      changes: { roles },
      reason: 'Only Mei is left',
    });
    await as('pedro').approvals.decide(approval!.id, 'approve');
    const items = await review();
    expect(
      find(items, { what: 'ml-engineer', subject: 'user:default/mei' }),
    ).toMatchObject([
      { via: 'group:default/quality-team', state: 'ended' },
      {
        ...{ state: 'active', reason: 'Only Mei is left' },
        ...{ givenBy: 'user:default/olga', approvedBy: 'user:default/pedro' },
        reference: 'policy:1',
      },
    ]);
    expect(find(items, { kind: 'approval' })).toMatchObject([
      {
        ...{ subject: 'user:default/olga', what: 'policy.roles' },
        ...{ approvedBy: 'user:default/pedro', state: 'used' },
        ...{ scope: 'platform', reference: `approval:${approval!.id}` },
      },
    ]);
  });

  it('says of groups what is enforced: direct members have the role, those of child groups do not', async () => {
    const { items, notes } = await as('sam').access.review(PERIOD);
    expect(
      find(items, { via: 'group:default/quality-team' }).map(
        ({ subject }) => subject,
      ),
    ).toEqual(['user:default/mei']);
    expect(find(items, { subject: 'user:default/nadia' })).toEqual([]);
    // And so it is.
    expect((await as('mei').access.getOwn()).roles).toEqual(['ml-engineer']);
    expect((await as('nadia').access.getOwn()).roles).toEqual([]);
    await expect(as('nadia').getModel(MODEL)).rejects.toMatchObject(
      refusal(403, 'no role'),
    );
    expect(notes).toEqual([
      expect.stringContaining('Members of its child groups do not.'),
      expect.stringContaining('counts as used'),
      expect.stringContaining('ml.signIn.groups'),
      'group:default/quality-team has the child group group:default/quality-night-team: whoever is in that one alone has no role by group:default/quality-team.',
    ]);
  });

  it('tells grants, with their use and end, and nothing of another period', async () => {
    const request = {
      subject: 'group:default/apps-team',
      ...{ model: MODEL, capability: 'read' as const },
      reason: '=HYPERLINK("http://evil.example","calls it")',
      expiresAt: inDays(30),
    };
    const { id } = await as('mei').access.createGrant(request);
    await as('vera').getModel(MODEL);
    const grant = { kind: 'grant', reference: `grant:${id}` } as const;
    expect(find(await review(), grant)).toMatchObject([
      {
        ...{ subject: 'group:default/apps-team', what: 'read' },
        ...{ scope: `model:${MODEL}`, givenBy: 'user:default/mei' },
        ...{ state: 'active', until: request.expiresAt },
        lastUsedAt: expect.stringMatching(/^20/),
      },
    ]);
    await as('mei').access.revokeGrant(id);
    expect(find(await review(), grant)).toMatchObject([{ state: 'revoked' }]);
    expect(await review({ from: inDays(-60), to: inDays(-30) })).toEqual([]);

    const csv = await fetch(
      `${platform.url}/api/ml/v1/access-review?from=${PERIOD.from}&to=${PERIOD.to}&format=csv`,
      {
        headers: {
          authorization: mockCredentials.user.header('user:default/sam'),
        },
      },
    );
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('content-disposition')).toContain('access-review_');
    const text = await csv.text();
    expect(text.split('\r\n')[0]).toMatch(/^kind,subject,what,scope,via,from/);
    // A spreadsheet carries out nothing that somebody wrote as a reason.
    expect(text).toContain(
      `"'=HYPERLINK(""http://evil.example"",""calls it"")"`,
    );
  });

  it('is for auditors and platform admins, for a period that can be, and is recorded', async () => {
    for (const name of ['mei', 'vera', 'nobody']) {
      await expect(as(name).access.review(PERIOD)).rejects.toMatchObject(
        refusal(403, 'ml.access.review'),
      );
    }
    await as('olga').access.review(PERIOD);
    const { items } = await as('sam').audit.list({ action: 'access.review' });
    expect(items).toMatchObject([
      { actor: 'user:default/olga', details: { from: PERIOD.from } },
    ]);
    for (const [period, message] of [
      [{ from: PERIOD.to, to: PERIOD.from }, 'must be after'],
      [{ from: '2001-01-01', to: '2026-01-01' }, 'more than three years'],
      [{ from: 'yesterday', to: PERIOD.to }, 'from: '],
    ] as const) {
      await expect(as('sam').access.review(period)).rejects.toMatchObject(
        refusal(400, message),
      );
    }
  });
});
