import type { AccessEntry } from '@ml-platform/plugin-ml-common';
import { FakePortal } from './__testUtils__/FakePortal';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const ROLE: AccessEntry = {
  ...{ kind: 'role', subject: 'user:default/mei', what: 'ml-engineer' },
  ...{ scope: 'platform', via: 'group:default/quality-team' },
  ...{ from: '2026-10-02T00:00:00.000Z', state: 'active' },
  ...{ givenBy: 'configuration', reference: 'policy:0' },
};
const GRANT: AccessEntry = {
  ...{ kind: 'grant', subject: 'user:default/vera', what: 'read' },
  ...{ scope: 'model:wine', from: '2026-11-01T00:00:00.000Z' },
  ...{ until: '2026-12-01T00:00:00.000Z', state: 'revoked' },
  ...{ givenBy: 'user:default/mei', approvedBy: 'user:default/noah' },
  ...{ reason: '=1+1', reference: 'grant:one' },
  lastUsedAt: '2026-11-02T00:00:00.000Z',
};

describe('ml access review', () => {
  let process: MlProcess;
  const portal = new FakePortal(() => ({
    notes: ['Groups are those of today.'],
    items: [ROLE, GRANT],
  }));

  beforeAll(async () => {
    process = await MlProcess.build();
    await portal.start();
  });
  afterAll(async () => {
    portal.stop();
    await process.dispose();
  });

  const review = (...args: string[]) =>
    process.run(
      [
        'access',
        'review',
        '--from',
        '2026-10-01',
        '--to',
        '2027-01-01',
        ...args,
      ],
      { env: portal.env },
    );

  it('lists who had what, by whom, and when it was used last', async () => {
    const { code, stderr, stdout } = await review();
    expect(code).toBe(0);
    expect(portal.seen.at(-1)?.call).toBe(
      'GET /access-review?from=2026-10-01T00%3A00%3A00.000Z&to=2027-01-01T00%3A00%3A00.000Z',
    );
    expect(stdout).toMatch(
      /role +user:default\/mei +ml-engineer +group:default\/quality-team +2026-10-02 +- +active +configuration +-/,
    );
    expect(stdout).toMatch(
      /grant .* 2026-12-01 +revoked +user:default\/mei, approved by user:default\/noah +2026-11-02/,
    );
    expect(stderr).toContain('Groups are those of today.');
    const narrow = await review('--kind', 'grant', '-o', 'name');
    expect(narrow.stdout).toBe('grant:one\n');
    const nobody = await review('--subject', 'user:default/x');
    expect(nobody).toMatchObject({ code: 0, stdout: '' });
  });

  it('prints CSV that a spreadsheet carries nothing of out', async () => {
    const { stdout } = await review('--csv');
    const [header, ...lines] = stdout.trimEnd().split('\r\n');
    expect(header).toMatch(/^kind,subject,what,scope,via,from,until,state/);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(",'=1+1,grant:one");
  });

  it.each([
    [['--csv', '--json'], 'Use either --csv or --format'],
    [['--from', 'yesterday'], "'yesterday' is no day"],
    [['--kind', 'power'], 'Allowed choices are role, grant'],
  ])('refuses %j', async (args, message) => {
    const refused = await review(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
  });
});
