import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Grant } from '@ml-platform/plugin-ml-common';
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
  let portal: Server;
  let seen: { call: string; body: unknown }[];

  beforeAll(async () => {
    process = await MlProcess.build();
    portal = createServer(async (request, response) => {
      const body = await text(request);
      const path = request.url!.replace('/api/ml/v1', '');
      seen.push({
        call: `${request.method} ${path}`,
        body: body ? JSON.parse(body) : undefined,
      });
      response.setHeader('content-type', 'application/json');
      const isList = /^\/grants(\?|$)/.test(path) && request.method === 'GET';
      response.end(JSON.stringify(isList ? { items: [GRANT] } : GRANT));
    });
    await new Promise<void>(resolve => {
      portal.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(async () => {
    portal.closeAllConnections();
    portal.close();
    await process.dispose();
  });
  beforeEach(() => {
    seen = [];
  });

  const ml = (...args: string[]) =>
    process.run(['grants', ...args], {
      env: {
        ML_URL: `http://127.0.0.1:${(portal.address() as AddressInfo).port}`,
        ML_TOKEN: 'token',
      },
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
    expect(seen).toEqual([
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
    expect(seen[1].call).toContain('team=group%3Adefault%2Fquality-team');
    const revoked = await ml('revoke', 'one', '--yes');
    expect(revoked.stderr).toContain('may not read wine any more');
    expect(seen.at(-1)?.call).toBe('DELETE /grants/one');
  });

  it('change nothing when they are asked for wrongly, or nobody can confirm', async () => {
    const both = await ml(...CREATE, '--model', 'wine', '--team', 'quality');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('Use one of --model and --team');
    const unsure = await ml('revoke', 'one', '--no-input');
    expect(unsure.code).toBe(2);
    expect(unsure.stderr).toContain('Add --yes');
    expect(seen.map(({ call }) => call)).toEqual(['GET /grants/one']);
  });
});
