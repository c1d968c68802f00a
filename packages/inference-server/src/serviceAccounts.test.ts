import { credentials } from '@grpc/grpc-js';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessSnapshot } from '@ml-platform/plugin-ml-common';
import {
  createCertificateRequest,
  EmbeddedAuthority,
  spiffeId,
  TokenSigner,
} from '@ml-platform/workload-identity';
import {
  ADD,
  addMessage,
  ARITHMETIC,
  fixture,
  GrpcClient,
  TestBed,
} from './__testUtils__';

const ISSUER = 'https://portal.example/api/ml';
const GATEWAY = `${ISSUER}/gateway`;
const DOMAIN = 'ml.example';
const shop = { team: 'apps-team', name: 'shop' };
const SHOP = 'service-account:apps-team/shop';
const HOUR_MS = 3_600_000;

/** The inference server as a process, which the portal told of accounts and which never asks it. */
describe('service accounts at the gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-accounts-test-'));
  const file = (name: string) => join(folder, name);
  const secret = randomBytes(32);
  const signer = new TokenSigner({ issuer: ISSUER, secret });
  let authority: EmbeddedAuthority;
  let bed: TestBed;
  let revision = 0;
  let snapshot: AccessSnapshot;

  const tell = async (change: Partial<AccessSnapshot> = {}) => {
    snapshot = {
      epoch: 'one',
      revision: ++revision,
      issuer: ISSUER,
      audience: GATEWAY,
      keys: JSON.parse(JSON.stringify(await signer.publicKeys())),
      trustDomain: DOMAIN,
      authorities: [authority.certificate],
      accounts: [{ ref: SHOP, models: ['test'], environments: ['production'] }],
      denied: [],
      ...change,
    };
    return bed.server.control<any>('PUT', '/access', snapshot);
  };
  const token = async (change: object = {}, by = signer, at?: Date) =>
    by.sign(
      {
        sub: SHOP,
        aud: [GATEWAY],
        scope: 'predict',
        models: ['test'],
        environments: ['production', 'staging'],
        owner: 'user:default/vera',
        group: 'group:default/apps-team',
        lifetimeSeconds: 600,
        ...change,
      },
      at,
    );
  const certificate = async (
    change: { uri?: string; by?: EmbeddedAuthority; expiresAt?: Date } = {},
  ) => {
    const { csr, privateKey } = await createCertificateRequest();
    const issued = await (change.by ?? authority).issue({
      csr,
      uri: change.uri ?? spiffeId(DOMAIN, shop),
      expiresAt: change.expiresAt ?? new Date(Date.now() + HOUR_MS),
    });
    return { cert: issued.certificate, key: privateKey, serial: issued.serial };
  };
  const call = async (
    shown: { token?: string; cert?: string; key?: string },
    options: { model?: string; environment?: 'staging' | 'production' } = {},
  ): Promise<{ status: number; error?: string }> => {
    const { environment = 'production', model = 'test' } = options;
    const url = bed.server.addresses[environment];
    const sent = request(`${url}/v2/models/${model}/infer`, {
      ...{ cert: shown.cert, key: shown.key, method: 'POST', agent: false },
      ca: readFileSync(file('server.pem')),
      headers: shown.token ? { authorization: `Bearer ${shown.token}` } : {},
    });
    sent.end(JSON.stringify(ADD));
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const part of response) text += part;
    return { status: response.statusCode, error: JSON.parse(text).error };
  };

  const connect = (
    { cert, key }: { cert?: string; key?: string },
    environment: 'staging' | 'production' = 'production',
  ) =>
    new GrpcClient(
      bed.server.grpcAddresses[environment],
      credentials.createSsl(
        readFileSync(file('server.pem')),
        key ? Buffer.from(key) : null,
        cert ? Buffer.from(cert) : null,
      ),
    );
  const inferOver = (
    grpc: GrpcClient,
    options: { token?: string; model?: string } = {},
  ) =>
    grpc.infer(addMessage(options.model), {
      timeoutMs: 10_000,
      metadata: options.token
        ? { authorization: `Bearer ${options.token}` }
        : {},
    });
  const callGrpc = async (
    shown: { token?: string; cert?: string; key?: string },
    options: { model?: string; environment?: 'staging' | 'production' } = {},
  ): Promise<{ code: string; details: string }> => {
    const grpc = connect(shown, options.environment);
    try {
      const { token: sent } = shown;
      const { code, details } = await inferOver(grpc, {
        ...{ token: sent, model: options.model },
      });
      return { code, details };
    } finally {
      grpc.close();
    }
  };

  beforeAll(async () => {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-nodes', '-days', '30'],
        ...['-pkeyopt', 'ec_paramgen_curve:P-256', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
        ...['-keyout', file('server.key'), '-out', file('server.pem')],
      ],
      { stdio: 'pipe' },
    );
    writeFileSync(file('callers.yaml'), '{}');
    authority = await EmbeddedAuthority.open({ secret, trustDomain: DOMAIN });
    bed = await TestBed.start({
      ML_TLS_CERT_FILE: file('server.pem'),
      ML_TLS_KEY_FILE: file('server.key'),
      ML_CONTROL_TLS_CERT_FILE: 'none',
      ML_CALLERS_FILE: file('callers.yaml'),
    });
    for (const model of ['test', 'other']) {
      for (const environment of ['production', 'staging'] as const) {
        const spec = bed.registry.push({
          version: '1.0.0',
          artifact: fixture('arithmetic'),
          interface: ARITHMETIC,
        });
        await bed.server.load(spec, 'ready', model, environment);
        const split = [{ version: '1.0.0', weight: 1 }];
        await bed.server.route(1, split, model, environment);
      }
    }
  });
  beforeEach(() => tell());
  afterAll(async () => {
    await bed?.stop();
    rmSync(folder, { recursive: true });
  });

  it('are served with a token or a certificate, where and what they may', async () => {
    for (const shown of [await token(), await certificate()]) {
      expect(await call(shown)).toMatchObject({ status: 200 });
      expect(await call(shown, { model: 'other' })).toMatchObject({
        status: 403,
        error: expect.stringContaining('apps-team/shop may not call'),
      });
      // The account may not, though its token says so.
      expect(await call(shown, { environment: 'staging' })).toMatchObject({
        status: 403,
      });
    }
    expect(await call({})).toMatchObject({
      status: 401,
      error: expect.stringContaining('has to know who calls'),
    });
    const { body } = await bed.server.control<any>('GET', '/access');
    expect(body).toMatchObject({ epoch: 'one', revision });
    expect(Date.parse(body.lastUsed[SHOP])).toBeGreaterThan(
      Date.now() - 60_000,
    );
  });

  it('are served over gRPC as well, with a token or by mutual TLS', async () => {
    for (const shown of [await token(), await certificate()]) {
      expect(await callGrpc(shown)).toMatchObject({ code: 'OK' });
      expect(await callGrpc(shown, { model: 'other' })).toEqual({
        code: 'PERMISSION_DENIED',
        details: expect.stringContaining('apps-team/shop may not call'),
      });
      expect(await callGrpc(shown, { environment: 'staging' })).toMatchObject({
        code: 'PERMISSION_DENIED',
      });
    }
    const by = await EmbeddedAuthority.open({
      secret: randomBytes(32),
      trustDomain: DOMAIN,
    });
    const over = new Date(Date.now() - 1_000);
    const ghost = spiffeId(DOMAIN, { team: 'apps-team', name: 'ghost' });
    for (const [shown, why] of [
      [{}, 'has to know who calls'],
      [await certificate({ by }), 'no authority'],
      [await certificate({ expiresAt: over }), 'expired'],
      [await certificate({ uri: ghost }), 'may not ask for predictions'],
    ] as const) {
      expect(await callGrpc(shown)).toEqual({
        code: 'UNAUTHENTICATED',
        details: expect.stringContaining(why),
      });
    }
  });

  it('are refused over a connection that was open when their certificate was revoked', async () => {
    const shown = await certificate();
    const grpc = connect(shown);
    try {
      expect((await inferOver(grpc)).code).toBe('OK');
      await tell({ denied: [shown.serial] });
      expect(await inferOver(grpc)).toMatchObject({
        code: 'UNAUTHENTICATED',
        details: expect.stringContaining('was revoked'),
      });
    } finally {
      grpc.close();
    }
  });

  it('are held to their limits, however they come, also when the list is told again', async () => {
    const limited = {
      accounts: [
        {
          ...{ ref: SHOP, models: ['test'] },
          environments: ['production' as const],
          // As good as none comes back while this test runs.
          limits: { requestsPerSecond: 0.001 },
        },
      ],
    };
    await tell(limited);
    const shown = await certificate();
    expect(await call(await token())).toMatchObject({ status: 200 });
    expect(await call(shown)).toMatchObject({
      status: 429,
      error: expect.stringContaining(
        'apps-team/shop may send 0.001 requests a second',
      ),
    });
    await tell(limited);
    expect(await callGrpc(shown)).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });

  it('are held to what a token limits itself to', async () => {
    for (const change of [
      { scope: 'read' },
      { models: ['other'] },
      { environments: ['staging'] },
    ]) {
      expect(await call(await token(change))).toMatchObject({ status: 403 });
    }
  });

  it('are refused with what is forged, expired or meant for something else', async () => {
    const thief = new TokenSigner({ issuer: ISSUER, secret: randomBytes(32) });
    const yesterday = new Date(Date.now() - 24 * HOUR_MS);
    const [head, body, signature] = (await token()).token.split('.');
    const cases: Array<[{ token: string }, string]> = [
      [await token({}, thief), 'not signed by the issuer'],
      [
        { token: `${head}.${body}.${signature.slice(0, -8)}AAAAAAAA` },
        'signed',
      ],
      [await token({}, signer, yesterday), 'expired'],
      [await token({ aud: [ISSUER] }), 'issued for something else'],
      [await token({ lifetimeSeconds: 90_000 }), 'longer than a day'],
      [
        await token({ sub: 'service-account:apps-team/ghost' }),
        'may not ask for predictions',
      ],
    ];
    for (const [shown, why] of cases) {
      expect(await call(shown)).toEqual({
        status: 401,
        error: expect.stringContaining(why),
      });
    }
  });

  it('are refused with a certificate of another authority, name or day', async () => {
    const by = await EmbeddedAuthority.open({
      secret: randomBytes(32),
      trustDomain: DOMAIN,
    });
    expect(await call(await certificate({ by }))).toMatchObject({
      status: 401,
      error: expect.stringContaining('no authority'),
    });
    const ghost = spiffeId(DOMAIN, { team: 'apps-team', name: 'ghost' });
    expect(await call(await certificate({ uri: ghost }))).toMatchObject({
      status: 401,
    });
    const foreign = spiffeId('evil.example', shop);
    expect(await call(await certificate({ uri: foreign }))).toMatchObject({
      status: 401,
    });
    const over = new Date(Date.now() - 1_000);
    expect(await call(await certificate({ expiresAt: over }))).toMatchObject({
      status: 401,
      error: expect.stringContaining('expired'),
    });
  });

  it('are refused from the moment on that the portal says so, also after a kill', async () => {
    const [one, two] = [await token(), await token()];
    const shown = await certificate();
    for (const each of [one, two, shown]) {
      expect((await call(each)).status).toBe(200);
    }
    await tell({ denied: [one.id, shown.serial] });
    for (const each of [one, shown]) {
      expect(await call(each)).toMatchObject({
        status: 401,
        error: expect.stringContaining('was revoked'),
      });
    }
    await bed.restart('SIGKILL');
    await bed.server.until('1.0.0', 'ready');
    expect((await call(one)).status).toBe(401);
    expect((await call(shown)).status).toBe(401);
    expect((await call(two)).status).toBe(200);

    const late = { ...snapshot, revision: revision - 1, denied: [] };
    expect(await bed.server.control('PUT', '/access', late)).toMatchObject({
      status: 409,
    });
    expect((await call(one)).status).toBe(401);
    await tell({ accounts: [], denied: [one.id] });
    expect((await call(two)).status).toBe(401);
    // Of a portal with a new database.
    expect((await tell({ epoch: 'two', revision: 0 })).status).toBe(200);
    expect((await call(two)).status).toBe(200);
  });
});
