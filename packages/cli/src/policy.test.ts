import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Approval } from '@ml-platform/plugin-ml-common';
import { FakePortal } from './__testUtils__/FakePortal';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const FREEZE = {
  reason: 'The books are closed',
  from: '2020-01-01T00:00:00Z',
  to: '2099-01-01T00:00:00Z',
};
const VALUES = {
  quotas: { stagingDeploymentsPerTeam: 5, productionReleasesPerTeamPerDay: 10 },
  freezes: [FREEZE],
  roles: { 'ml-viewer': ['group:default/apps-team'] },
};
const APPROVAL: Approval = {
  id: 'one',
  kind: 'policy.change',
  summary: 'Change the policy: quotas',
  subject: { version: 4 },
  reason: 'more teams',
  state: 'pending',
  requestedBy: 'user:default/olga',
  requestedAt: '2026-11-27T00:00:00.000Z',
  expiresAt: '2026-12-04T00:00:00.000Z',
  consequences: ['quotas.stagingDeploymentsPerTeam: 5 → 8'],
};
const CHANGES = [
  { path: 'quotas.stagingDeploymentsPerTeam', before: 5, after: 8 },
];

describe('ml policy and ml freezes', () => {
  let process: MlProcess;
  const portal = new FakePortal(({ call }) => {
    if (call === 'GET /policy') {
      return {
        ...{ version: 4, values: VALUES, since: '2026-11-27T00:00:00.000Z' },
        sources: { quotas: 'approved', freezes: 'configuration' },
        configuredOnly: [],
      };
    }
    if (call.startsWith('GET /policy/versions/2/diff')) {
      return { from: 0, to: 2, changes: CHANGES };
    }
    if (call.startsWith('GET /policy/history')) {
      return {
        items: [
          {
            ...{ version: 1, at: '2026-11-27T00:00:00.000Z', keys: ['quotas'] },
            ...{ source: 'approved', changes: CHANGES, reason: 'more teams' },
            requestedBy: 'user:default/olga',
            approvedBy: 'user:default/pedro',
          },
        ],
      };
    }
    return {
      version: 4,
      changes: CHANGES,
      ...(call.includes('proposals') && { approval: APPROVAL }),
    };
  });

  beforeAll(async () => {
    process = await MlProcess.build();
    await portal.start();
  });
  afterAll(async () => {
    portal.stop();
    await process.dispose();
  });
  beforeEach(() => {
    portal.seen = [];
  });

  const ml = (...args: string[]) => process.run(args, { env: portal.env });
  const calls = () => portal.seen.map(({ call }) => call);
  const REASON = ['--reason', 'more teams'];

  it('show what holds, so that it can be applied again', async () => {
    const shown = await ml('policy', 'show');
    expect(shown.stderr).toContain('Version 4');
    expect(shown.stderr).toContain('Approved here: quotas');
    const file = join(mkdtempSync(join(tmpdir(), 'ml-policy-')), 'policy.yaml');
    for (const args of [[], ['-o', 'json'], ['-o', 'yaml']]) {
      writeFileSync(file, (await ml('policy', 'show', ...args)).stdout);
      portal.seen = [];
      const applied = await ml(
        ...['policy', 'apply', '--file', file, '--yes', ...REASON],
      );
      expect(applied.code).toBe(8);
      expect(applied.stderr).toContain('ml approvals approve one');
      expect(
        portal.seen.find(({ call }) => call.includes('proposals')),
      ).toEqual({
        call: 'POST /policy/proposals',
        body: { changes: VALUES, reason: 'more teams' },
        ifMatch: '"4"',
      });
    }
  });

  it('ask for new values at a place, whole and for lists', async () => {
    const set = await ml(
      ...['policy', 'set', 'quotas.stagingDeploymentsPerTeam=8'],
      ...['roles.ml-viewer+=user:default/vera', '--yes', ...REASON],
    );
    expect(set.code).toBe(8);
    expect(set.stdout).toContain('quotas.stagingDeploymentsPerTeam: 5 → 8');
    expect(portal.seen.at(-1)?.body).toEqual({
      changes: {
        quotas: { ...VALUES.quotas, stagingDeploymentsPerTeam: 8 },
        roles: {
          'ml-viewer': ['group:default/apps-team', 'user:default/vera'],
        },
      },
      reason: 'more teams',
    });
    await ml('policy', 'reset', 'quotas', '--yes', ...REASON);
    expect(portal.seen.at(-1)?.body).toMatchObject({
      changes: { quotas: null },
    });
  });

  it('only look when told so, and ask nobody without a yes', async () => {
    const dry = await ml(
      ...['policy', 'set', 'quotas.stagingDeploymentsPerTeam=8', '--dry-run'],
      ...REASON,
    );
    expect(dry.code).toBe(0);
    expect(dry.stdout).toBe('quotas.stagingDeploymentsPerTeam: 5 → 8\n');
    const unsure = await ml(
      ...['policy', 'set', 'quotas.stagingDeploymentsPerTeam=8', '--no-input'],
      ...REASON,
    );
    expect(unsure.code).toBe(2);
    expect(unsure.stderr).toContain('Add --yes');
    expect(calls()).not.toContain('POST /policy/proposals');
  });

  it('tell the history and what differs', async () => {
    const history = await ml('policy', 'history');
    expect(history.stdout).toMatch(/1 .*quotas .*olga .*pedro .*more teams/);
    const diff = await ml('policy', 'diff', '0', '2');
    expect(diff.stdout).toBe('quotas.stagingDeploymentsPerTeam: 5 → 8\n');
    expect(calls().at(-1)).toBe('GET /policy/versions/2/diff?from=0');
  });

  it.each([
    [['policy', 'show', 'speed'], "no policy 'speed'"],
    [['policy', 'show', '--version', 'x'], "'x' is no version"],
    [['policy', 'set', 'quotas', ...REASON], 'says no place and value'],
    [['policy', 'set', 'quotas.a.b=1', ...REASON], 'there is no such place'],
    [
      ['policy', 'set', 'quotas.stagingDeploymentsPerTeam+=1', ...REASON],
      'is no list',
    ],
    [
      ['policy', 'set', 'roles.ml-viewer-=user:default/x', ...REASON],
      'has no user:default/x',
    ],
    [['policy', 'set', 'quotas.a=8'], "required option '--reason"],
    [['policy', 'apply', '--file', '/no/file', ...REASON], 'cannot be read'],
    [['freezes', 'add', ...REASON], 'Use either --from and --to, or --weekly'],
    [['freezes', 'add', '--weekly', 'fri 16:00', ...REASON], 'has no end'],
    [
      ['freezes', 'add', '--from', 'x', '--to', 'y', ...REASON],
      "'x' is no moment",
    ],
    [['freezes', 'remove', '2', ...REASON], 'There is no freeze 2'],
  ])('refuse %j', async (args, message) => {
    const refused = await ml(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(calls().filter(call => !call.startsWith('GET'))).toEqual([]);
  });

  it('list, add and remove freezes', async () => {
    const listed = await ml('freezes', 'list');
    expect(listed.stdout).toMatch(
      /1 .*everywhere .*all .*frozen until 2099-01-01.*The books are closed/,
    );
    await ml(
      ...['freezes', 'add', '--weekly', 'fri 16:00..mon 08:00', '--yes'],
      ...['--env', 'production', '--team', 'Quality-Team', ...REASON],
    );
    expect(portal.seen.at(-1)?.body).toMatchObject({
      changes: {
        freezes: [
          FREEZE,
          {
            reason: 'more teams',
            environments: ['production'],
            teams: ['group:default/quality-team'],
            weekly: { from: 'fri 16:00', to: 'mon 08:00' },
          },
        ],
      },
    });
    await ml('freezes', 'remove', '1', '--yes', ...REASON);
    expect(portal.seen.at(-1)?.body).toMatchObject({
      changes: { freezes: [] },
    });
  });
});
