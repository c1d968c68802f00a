import { createPublicKey, verify } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProviderProcess } from './__testUtils__/ProviderProcess';
import { Visitor } from './__testUtils__/Visitor';

const REDIRECT = 'http://localhost:7007/api/auth/oidc/handler/frame';
const SECRET = 'a-secret-of-the-tests';

const PEOPLE = `
kind: Group
metadata: { name: quality-team }
---
kind: User
metadata: { name: mei, description: ML engineer }
spec:
  profile: { displayName: Mei <Tanaka>, email: mei@example.com }
  memberOf: [quality-team]
---
kind: User
metadata: { name: sam }
spec:
  profile: { displayName: Sam, email: sam@example.com }
`;

describe('the development identity provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-identity-'));
  const people = join(folder, 'org.yaml');
  const env = {
    ML_IDENTITY_PORT: '0',
    ML_IDENTITY_DIR: join(folder, 'data'),
    ML_IDENTITY_PEOPLE: people,
    ML_IDENTITY_SECRET: SECRET,
    ML_IDENTITY_REDIRECTS: REDIRECT,
  };
  let provider: ProviderProcess;

  beforeAll(async () => {
    writeFileSync(people, PEOPLE);
    provider = await ProviderProcess.start(env);
  });

  afterAll(async () => {
    await provider?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const authorizeUrl = (visitor: Visitor, more: Record<string, string> = {}) =>
    `${provider.issuer}/auth?${new URLSearchParams({
      client_id: 'ml-portal',
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid profile email',
      state: 'state-of-the-test',
      nonce: 'nonce-of-the-test',
      code_challenge: visitor.challenge,
      code_challenge_method: 'S256',
      ...more,
    })}`;

  const signIn = async (person: string) => {
    const visitor = new Visitor();
    const page = await visitor.follow(authorizeUrl(visitor));
    const back = await visitor.follow(page.url, { person });
    const { searchParams } = new URL(back.url);
    return { visitor, page, back, code: searchParams.get('code')! };
  };

  const askToken = async (form: Record<string, string>, secret = SECRET) => {
    const response = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`ml-portal:${secret}`).toString(
          'base64',
        )}`,
      },
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as any };
  };

  const redeem = (code: string, code_verifier: string, secret?: string) =>
    askToken(
      {
        grant_type: 'authorization_code',
        ...{ code, code_verifier, redirect_uri: REDIRECT },
      },
      secret,
    );

  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

  it('signs a person in, and says who it is in a token that anybody can check', async () => {
    const { back, code, page, visitor } = await signIn('mei');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Mei &#60;Tanaka&#62;');
    expect(page.text).toContain('ML engineer · quality-team');
    expect(page.headers.get('content-security-policy')).toContain(
      "frame-ancestors 'none'",
    );
    expect(back.url.startsWith(REDIRECT)).toBe(true);
    expect(new URL(back.url).searchParams.get('state')).toBe(
      'state-of-the-test',
    );

    const { status, body } = await redeem(code, visitor.verifier);
    expect(status).toBe(200);
    expect(claimsOf(body.id_token)).toMatchObject({
      iss: provider.issuer,
      aud: 'ml-portal',
      sub: 'mei',
      nonce: 'nonce-of-the-test',
      email: 'mei@example.com',
      email_verified: true,
      name: 'Mei <Tanaka>',
      preferred_username: 'mei',
      groups: ['quality-team'],
    });
    const { keys } = (await (
      await fetch(`${provider.issuer}/jwks`)
    ).json()) as any;
    const [header, payload, signature] = body.id_token.split('.');
    const isSigned = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      createPublicKey({ key: keys[0], format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    );
    expect(isSigned).toBe(true);
    const userinfo = await fetch(`${provider.issuer}/me`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ groups: ['quality-team'] });
  });

  it('asks again who is there, also whom it knows', async () => {
    const { visitor } = await signIn('mei');
    const again = await visitor.follow(authorizeUrl(visitor));
    expect(again.text).toContain('Who are you?');
    const back = await visitor.follow(again.url, { person: 'sam' });
    const code = new URL(back.url).searchParams.get('code')!;
    const { body } = await redeem(code, visitor.verifier);
    expect(claimsOf(body.id_token)).toMatchObject({ sub: 'sam', groups: [] });
  });

  it('takes a code once, and takes back what it gave for it when it comes again', async () => {
    const { code, visitor } = await signIn('mei');
    const first = await redeem(code, visitor.verifier);
    expect(first.status).toBe(200);
    const second = await redeem(code, visitor.verifier);
    expect(second).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    const refreshed = await askToken({
      grant_type: 'refresh_token',
      refresh_token: first.body.refresh_token,
    });
    expect(refreshed).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('refuses a code with the verifier of somebody else, and a client with a wrong secret', async () => {
    const { code, visitor } = await signIn('mei');
    expect(await redeem(code, new Visitor().verifier)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    const other = await signIn('mei');
    expect(
      await redeem(other.code, visitor.verifier, 'another-secret-of-16'),
    ).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each([
    [
      'no PKCE',
      { code_challenge: '', code_challenge_method: '' },
      /PKCE|code_challenge/,
    ],
    [
      'PKCE that hides nothing',
      { code_challenge_method: 'plain' },
      /code_challenge_method/,
    ],
  ])('sends back who comes with %s', async (_, change, why) => {
    const visitor = new Visitor();
    const { url } = await visitor.follow(authorizeUrl(visitor, change));
    const { searchParams } = new URL(url);
    expect(searchParams.get('error')).toBe('invalid_request');
    expect(searchParams.get('error_description')).toMatch(why);
  });

  it.each([
    ['another address to go back to', { redirect_uri: 'http://localhost:1/' }],
    ['a client that it does not know', { client_id: 'stranger' }],
  ])('shows an error, and sends nobody anywhere, for %s', async (_, change) => {
    const visitor = new Visitor();
    const page = await visitor.follow(authorizeUrl(visitor, change));
    expect(page.status).toBe(400);
    expect(page.url.startsWith(provider.issuer)).toBe(true);
    expect(page.text).toContain('You could not be signed in');
  });

  it('knows no person who is not in the file, and no sign-in that nobody began', async () => {
    const visitor = new Visitor();
    const page = await visitor.follow(authorizeUrl(visitor));
    const answer = await visitor.visit(page.url, { person: 'eve' });
    expect(answer).toMatchObject({ status: 400, location: undefined });
    const stranger = await new Visitor().visit(page.url, { person: 'mei' });
    expect(stranger).toMatchObject({ status: 400, location: undefined });
  });

  it('answers only under a name of this machine', async () => {
    const { port } = new URL(provider.issuer);
    const status = await new Promise(resolve => {
      const call = request(
        {
          ...{ port, host: '127.0.0.1' },
          path: '/.well-known/openid-configuration',
          headers: { host: `rebound.example.com:${port}` },
        },
        response => resolve(response.statusCode),
      );
      call.end();
    });
    expect(status).toBe(421);
  });

  it('keeps everybody signed in when it is killed and started again', async () => {
    const { code, visitor } = await signIn('mei');
    const { body } = await redeem(code, visitor.verifier);
    const keysBefore = await (await fetch(`${provider.issuer}/jwks`)).text();
    const { port } = new URL(provider.issuer);
    await provider.stop('SIGKILL');
    provider = await ProviderProcess.start({ ...env, ML_IDENTITY_PORT: port });
    expect(await (await fetch(`${provider.issuer}/jwks`)).text()).toBe(
      keysBefore,
    );
    const refreshed = await askToken({
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token,
    });
    expect(refreshed.status).toBe(200);
    expect(claimsOf(refreshed.body.id_token)).toMatchObject({ sub: 'mei' });
  });

  it('forgets a session that is revoked', async () => {
    const { code, visitor } = await signIn('mei');
    const { body } = await redeem(code, visitor.verifier);
    const form = {
      token: body.refresh_token,
      token_type_hint: 'refresh_token',
    };
    await fetch(`${provider.issuer}/token/revocation`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`ml-portal:${SECRET}`).toString(
          'base64',
        )}`,
      },
      body: new URLSearchParams(form),
    });
    const refreshed = await askToken({
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token,
    });
    expect(refreshed).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('keeps its keys from other users of the machine', () => {
    for (const name of readdirSync(env.ML_IDENTITY_DIR)) {
      const { mode } = statSync(join(env.ML_IDENTITY_DIR, name));
      expect({ name, mode: mode % 0o1000 }).toEqual({ name, mode: 0o600 });
    }
  });

  it.each([
    [
      'in production',
      { NODE_ENV: 'production' },
      /production.*docs\/how-to\/sign-in/,
    ],
    [
      'on all interfaces',
      { ML_IDENTITY_HOST: '0.0.0.0' },
      /ML_IDENTITY_HOST: must be one of/,
    ],
    [
      'on an address of the network',
      { ML_IDENTITY_HOST: '192.0.2.1' },
      /ML_IDENTITY_HOST: must be one of/,
    ],
    [
      'with a secret that can be guessed',
      { ML_IDENTITY_SECRET: 'short' },
      /ML_IDENTITY_SECRET: must have 16/,
    ],
    [
      'without a secret',
      { ML_IDENTITY_SECRET: undefined },
      /ML_IDENTITY_SECRET: is the secret/,
    ],
    [
      'without people',
      { ML_IDENTITY_PEOPLE: require.resolve('../package.json') },
      /there is no User in it/,
    ],
    [
      'on a port that is none',
      { ML_IDENTITY_PORT: 'http' },
      /ML_IDENTITY_PORT: must be a port/,
    ],
  ])('does not start %s', async (_, change, why) => {
    await expect(ProviderProcess.start({ ...env, ...change })).rejects.toThrow(
      why,
    );
  });
});
