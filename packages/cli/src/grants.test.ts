import type { Grant } from '@ml-platform/plugin-ml-common';
import { FakePortal } from './__testUtils__/FakePortal';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const GRANT: Grant = {
  id: 'one',
  subject: 'group:default/apps-team',
  model: 'wine',
  capability: 'read',
  reason: 'calls it from checkout',
  state: 'active',
  grantedBy: 'user:default/mei',
  grantedAt: '2026-11-27T00:00:00.000Z',
  expiresAt: '2027-01-31T00:00:00.000Z',
};

describe('ml grants', () => {
  let process: MlProcess;
  const portal = new FakePortal(({ call }) =>
    /^GET \/grants(\?|$)/.test(call) ? { items: [GRANT] } : GRANT,
  );

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

  const ml = (...args: string[]) =>
    process.run(['grants', ...args], {
      env: portal.env,
    });
  const CREATE = [
    ...['create', '--to', 'group:Apps-Team', '--until', '2027-01-31'],
    ...['--reason', 'calls it from checkout'],
  ];

  it('are made, listed and ended', async () => {
    const created = await ml(...CREATE, '--model', 'wine');
    expect(created.code).toBe(0);
    expect(created.stderr).toContain(
      'group:default/apps-team may read wine until 2027-01-31',
    );
    expect(portal.seen).toEqual([
      {
        call: 'POST /grants',
        body: {
          ...{ subject: 'group:default/apps-team', model: 'wine' },
          ...{ capability: 'read', reason: 'calls it from checkout' },
          expiresAt: '2027-01-31',
        },
      },
    ]);
    const listed = await ml('list', '--team', 'Quality-Team');
    expect(listed.stdout).toMatch(/one +group:default\/apps-team +wine +read/);
    expect(portal.seen[1].call).toContain(
      'team=group%3Adefault%2Fquality-team',
    );
    const revoked = await ml('revoke', 'one', '--yes');
    expect(revoked.stderr).toContain('may not read wine any more');
    expect(portal.seen.at(-1)?.call).toBe('DELETE /grants/one');
  });

  it('change nothing when they are asked for wrongly, or nobody can confirm', async () => {
    const both = await ml(...CREATE, '--model', 'wine', '--team', 'quality');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('Use one of --model and --team');
    const unsure = await ml('revoke', 'one', '--no-input');
    expect(unsure.code).toBe(2);
    expect(unsure.stderr).toContain('Add --yes');
    expect(portal.seen.map(({ call }) => call)).toEqual(['GET /grants/one']);
  });
});
