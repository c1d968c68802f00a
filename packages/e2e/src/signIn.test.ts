import { generateKeyPairSync, sign } from 'node:crypto';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Platform } from './testing/Platform';
import { expectSuccess, repository, run } from './testing/run';
import { signInAs } from './testing/signInAs';

const BROWSER = join(repository, 'scripts/signIn.mjs');
const REDIRECT = 'http://127.0.0.1:9/callback';
/** The provider knows her, the catalog does not. */
const STRANGER = `---
kind: User
metadata: { name: eve }
spec: { profile: { displayName: Eve, email: eve@example.com } }
`;
const base64url = (value: object | Buffer) =>
  (Buffer.isBuffer(value)
    ? value
    : Buffer.from(JSON.stringify(value))
  ).toString('base64url');

describe('signing in', () => {
  let platform: Platform;

  const people = join(mkdtempSync(join(tmpdir(), 'ml-people-')), 'org.yaml');

  beforeAll(async () => {
    const org = readFileSync(join(repository, 'examples/org.yaml'), 'utf8');
    writeFileSync(people, `${org}${STRANGER}`);
    platform = await Platform.start({
      ML_SEED: 'none',
      ML_IDENTITY_PEOPLE: people,
    });
  }, 300_000);

  afterAll(async () => {
    await platform?.dispose();
    rmSync(dirname(people), { recursive: true, force: true });
  });

  const file = () => join(platform.dataDir, 'sessions.json');
  const session = () =>
    JSON.parse(readFileSync(file(), 'utf8'))[platform.url] as {
      accessToken: string;
      refreshToken: string;
      expiresAt: number;
    };
  const change = (changes: object) =>
    writeFileSync(
      file(),
      JSON.stringify({ [platform.url]: { ...session(), ...changes } }),
    );
  const ml = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    platform.ml(args, { env: { ...platform.env, CI: 'true', ...env } });
  /** What the audit log says of who signed in, newest first. */
  const recorded = async (action: string, ...filter: string[]) => {
    const token = await signInAs(platform, 'sam');
    const outcome = await ml(
      ['audit', 'search', '--action', action, ...filter, '--json'],
      { ML_TOKEN: token },
    );
    return JSON.parse(expectSuccess(outcome).stdout).items;
  };
  const signIns = (actor: string) =>
    recorded('session.sign-in', '--actor', actor);
  const loginAs = async (person: string) =>
    expectSuccess(await ml(['login'], { BROWSER, ML_PERSON: person }));
  const whoami = async (env?: NodeJS.ProcessEnv) => {
    const outcome = await ml(['whoami', '--json'], env);
    return JSON.parse(expectSuccess(outcome).stdout).data;
  };
  const callApi = (token: string) =>
    fetch(`${platform.url}/api/ml/v1/info`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const askToken = async (form: Record<string, string>) => {
    const response = await fetch(`${platform.url}/api/auth/v1/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as any };
  };

  it('leaves the command signed in as a person, who has a team and no more', async () => {
    expect(await whoami()).toMatchObject({
      identity: 'user:default/mei',
      groups: ['group:default/quality-team'],
      portal: platform.url,
      credentials: file(),
    });
    expect(statSync(file()).mode % 0o1000).toBe(0o600);
    expect(
      readFileSync(join(platform.dataDir, 'config.json'), 'utf8'),
    ).not.toContain('token');
  });

  it('changes who is signed in with ml login, and prints the token for other tools', async () => {
    const { stderr } = await loginAs('sam');
    expect(stderr).toContain(
      `Signed in to ${platform.url} as user:default/sam`,
    );
    expect(await whoami()).toMatchObject({ identity: 'user:default/sam' });
    const { stdout } = await ml(['whoami', '--token']);
    const answer = await callApi(stdout.trim());
    expect(await answer.json()).toMatchObject({ identity: 'user:default/sam' });
  });

  it('records who signed in, and lets nobody else write that', async () => {
    const token = await signInAs(platform, 'luis');
    expect(await signIns('user:default/luis')).toEqual([
      expect.objectContaining({
        action: 'session.sign-in',
        outcome: 'succeeded',
        details: {
          provider: 'oidc',
          reportedBy: 'plugin:auth',
          session: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      }),
    ]);
    const forged = await fetch(`${platform.url}/api/ml/v1/audit/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        actor: 'user:default/olga',
        action: 'session.sign-in',
        resource: 'portal',
        outcome: 'succeeded',
      }),
    });
    expect(forged.status).toBe(403);
  });

  it('prefers ML_TOKEN, and says so', async () => {
    await loginAs('mei');
    const token = await signInAs(platform, 'hana');
    expect(await whoami({ ML_TOKEN: token })).toMatchObject({
      identity: 'user:default/hana',
      credentials: 'ML_TOKEN',
    });
  });

  it('renews a session that ends, also when many ask at once', async () => {
    await loginAs('mei');
    const before = session();
    change({ expiresAt: Date.now() });
    const all = await Promise.all(Array.from({ length: 4 }, () => whoami()));
    expect(all.map(({ identity }) => identity)).toEqual(
      Array(4).fill('user:default/mei'),
    );
    const after = session();
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after.expiresAt).toBeGreaterThan(Date.now() + 10 * 60_000);
    // What was used up is good for nobody.
    const again = {
      grant_type: 'refresh_token',
      refresh_token: before.refreshToken,
    };
    expect(await askToken(again)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('exits 4 and names the next command when the session cannot be renewed', async () => {
    await loginAs('mei');
    change({ expiresAt: Date.now(), refreshToken: 'forged' });
    const { code, stderr } = await ml(['whoami']);
    expect(code).toBe(4);
    expect(stderr).toContain('has ended');
    expect(stderr).toContain('ml login');
  });

  it('makes the session worthless with ml logout, also for who has copied it', async () => {
    await loginAs('mei');
    const { refreshToken } = session();
    const mei = ['--actor', 'user:default/mei'];
    const [consented, intended] = await recorded('session.consent', ...mei);
    expect(consented).toMatchObject({
      outcome: 'succeeded',
      details: { decision: 'approved' },
    });
    expect(intended).toMatchObject({ outcome: 'intended' });
    expect(await recorded('session.token', ...mei)).not.toEqual([]);
    expectSuccess(await ml(['logout']));
    expect((await recorded('session.revoke'))[0]).toMatchObject({
      actor: 'user:default/mei',
      outcome: 'succeeded',
    });
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expect(await askToken(form)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    const { code, stderr } = await ml(['models', 'list']);
    expect(code).toBe(4);
    expect(stderr).toContain(`You are not signed in to ${platform.url}`);
    expect(stderr).toContain('ml login');
    const refused = ['--outcome', 'denied'];
    expect((await recorded('session.token', ...refused))[0]).toMatchObject({
      details: { reason: 'invalid_grant' },
    });
    expect((await ml(['logout'])).code).toBe(0);
  });

  it('does not wait for a browser that nobody sees', async () => {
    const { code, stderr } = await ml(['login'], { BROWSER: '', DISPLAY: '' });
    expect(code).toBe(4);
    expect(stderr).toContain('ML_TOKEN');
  });

  it('is refused when whoever it is does not agree', async () => {
    const deny = join(platform.dataDir, 'deny.mjs');
    writeFileSync(
      deny,
      `#!${process.execPath}
const back = new URL(new URL(process.argv[2]).searchParams.get('redirect_uri'));
back.searchParams.set('error', 'access_denied');
back.searchParams.set('error_description', 'User denied the request');
back.searchParams.set('state', new URL(process.argv[2]).searchParams.get('state'));
await fetch(back);
`,
      { mode: 0o700 },
    );
    const { code, stderr } = await ml(['login'], { BROWSER: deny });
    expect(code).toBe(4);
    expect(stderr).toContain('User denied the request');
  });

  it('does not know a person who is not in the catalog', async () => {
    await expect(signInAs(platform, 'eve')).rejects.toThrow(
      'eve@example.com is not in the catalog',
    );
    // By name of the mistake: who was refused is nobody's business.
    const [denied] = await signIns('unknown');
    expect(denied).toMatchObject({
      outcome: 'denied',
      details: { provider: 'oidc', reason: 'NotAllowedError' },
    });
    expect(JSON.stringify(denied)).not.toContain('eve');
  });

  describe('tokens and codes of others', () => {
    const parts = () =>
      session()
        .accessToken.split('.')
        .slice(0, 2)
        .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()));
    const forge = (header: object, payload: object) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const text = `${base64url(header)}.${base64url(payload)}`;
      const signature = sign('sha256', Buffer.from(text), {
        key: privateKey,
        dsaEncoding: 'ieee-p1363',
      });
      return `${text}.${base64url(signature)}`;
    };

    beforeAll(() => loginAs('vera'));

    it.each([
      ['signed with another key', (h: object, p: object) => forge(h, p)],
      [
        'not signed at all',
        (h: object, p: object) =>
          `${base64url({ ...h, alg: 'none' })}.${base64url(p)}.`,
      ],
      [
        'of somebody else, with the signature of this one',
        (h: object, p: object) =>
          `${base64url(h)}.${base64url({ ...p, sub: 'user:default/olga' })}.${
            session().accessToken.split('.')[2]
          }`,
      ],
      [
        'that lives longer than it was given',
        (h: object, p: object) =>
          `${base64url(h)}.${base64url({ ...p, exp: 4_000_000_000 })}.${
            session().accessToken.split('.')[2]
          }`,
      ],
      ['of nobody', () => 'nonsense'],
    ])('refuses a token %s', async (_, make) => {
      const [header, payload] = parts();
      expect((await callApi(session().accessToken)).status).toBe(200);
      expect((await callApi(make(header, payload))).status).toBe(401);
    });

    it('records what was refused, without what it claimed', async () => {
      const refused = await recorded('token.use');
      const reasons = refused.map((event: any) => event.details.reason);
      expect(reasons).toContain('malformed');
      expect(reasons).toContain('not-issued-here');
      expect(refused[0]).toMatchObject({
        actor: 'anonymous',
        resource: 'plugin:ml',
        outcome: 'denied',
      });
      expect(JSON.stringify(refused)).not.toContain('user:');
    });

    it('refuses the ID token of the provider, which is for the portal and not for its API', async () => {
      const { stdout } = expectSuccess(
        await run(process.execPath, [BROWSER, 'vera', '--id-token'], {
          env: platform.env,
        }),
      );
      expect(stdout.split('.')).toHaveLength(3);
      expect((await callApi(stdout.trim())).status).toBe(401);
    });

    const authorize = async (changes: Record<string, string> = {}) => {
      const issuer = `${platform.url}/api/auth`;
      const query = new URLSearchParams({
        client_id: `${issuer}/.well-known/oauth-client/cli.json`,
        response_type: 'code',
        redirect_uri: REDIRECT,
        scope: 'openid offline_access',
        state: 'state',
        // The challenge of RFC 7636, appendix B.
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        ...changes,
      });
      return fetch(`${issuer}/v1/authorize?${query}`, { redirect: 'manual' });
    };
    const codeFor = async (token: string) => {
      const response = await authorize();
      const page = new URL(response.headers.get('location')!);
      const id = page.pathname.split('/').at(-1);
      const approved = await fetch(
        `${platform.url}/api/auth/v1/sessions/${id}/approve`,
        { method: 'POST', headers: { authorization: `Bearer ${token}` } },
      );
      const { redirectUrl } = (await approved.json()) as any;
      return new URL(redirectUrl).searchParams.get('code')!;
    };
    const grant = (code: string, code_verifier: string) => ({
      grant_type: 'authorization_code',
      ...{ code, code_verifier, redirect_uri: REDIRECT },
    });
    const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

    it('takes a code once, and with its verifier only', async () => {
      const code = await codeFor(session().accessToken);
      expect(await askToken(grant(code, 'a'.repeat(43)))).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
      expect((await askToken(grant(code, VERIFIER))).status).toBe(200);
      expect(await askToken(grant(code, VERIFIER))).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
    });

    it.each([
      ['without PKCE', { code_challenge: '' }],
      [
        'for another client',
        { client_id: 'https://evil.example.com/client.json' },
      ],
      [
        'that goes back to another machine',
        { redirect_uri: 'https://evil.example.com/callback' },
      ],
    ])('begins no sign-in %s', async (_, changes) => {
      const response = await authorize(changes as Record<string, string>);
      expect(response.headers.get('location') ?? '').not.toContain(
        '/oauth2/authorize/',
      );
    });
  });
});
