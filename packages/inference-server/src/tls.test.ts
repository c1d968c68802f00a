import { credentials } from '@grpc/grpc-js';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion, type PeerCertificate } from 'node:tls';
import { hashKey } from './callers/KeyAuthenticator';
import {
  ADD,
  addMessage,
  ARITHMETIC,
  fixture,
  GrpcClient,
  ServerProcess,
  TestBed,
  TestRegistry,
  waitFor,
} from './__testUtils__';

const SHOP = 'spiffe://example.org/shop';

/** Makes certificates as operators do, in a folder. */
class Authority {
  constructor(readonly folder: string, readonly name: string) {
    this.#openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
      ],
      ...['-nodes', '-days', '30', '-subj', `/CN=${name}`],
      ...['-keyout', this.path('key'), '-out', this.path('pem')],
    );
  }

  path(ending: string): string {
    return join(this.folder, `${this.name}.${ending}`);
  }

  issue(name: string, altNames: string, days = 30) {
    const file = (ending: string) => join(this.folder, `${name}.${ending}`);
    this.#openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ...['-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', file('key'), '-out', file('csr')],
    );
    writeFileSync(file('ext'), `subjectAltName=${altNames}\n`);
    this.#openssl(
      ...['x509', '-req', '-days', String(days), '-CAcreateserial'],
      ...['-CA', this.path('pem'), '-CAkey', this.path('key')],
      ...['-in', file('csr'), '-out', file('pem'), '-extfile', file('ext')],
    );
    return { certFile: file('pem'), keyFile: file('key') };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-tls-test-'));
  const file = (name: string) => join(folder, name);
  const authority = new Authority(folder, 'authority');
  const stranger = new Authority(folder, 'stranger');
  const host = 'IP:127.0.0.1,DNS:localhost';
  const first = authority.issue('first', host);
  const ca = readFileSync(authority.path('pem'));
  const client = (paths: { certFile: string; keyFile: string }) => ({
    cert: readFileSync(paths.certFile),
    key: readFileSync(paths.keyFile),
  });
  const shop = client(authority.issue('shop', `URI:${SHOP}`));
  let registry: TestRegistry;
  let bed: TestBed;

  const use = (paths: { certFile: string; keyFile: string }) => {
    for (const [from, to] of [
      [paths.keyFile, file('server.key')],
      [paths.certFile, file('server.pem')],
    ]) {
      copyFileSync(from, `${to}.new`);
      renameSync(`${to}.new`, to);
    }
  };

  const infer = async (options: {
    cert?: Buffer;
    key?: Buffer;
    headers?: Record<string, string>;
  }): Promise<number> => {
    const { headers, ...tls } = options;
    const url = `${bed.server.addresses.production}/v2/models/test/infer`;
    const sent = request(url, {
      ...tls,
      ...{ ca, headers, method: 'POST', agent: false },
    });
    sent.end(JSON.stringify(ADD));
    const [response] = await once(sent, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };

  const handshake = async (
    options: { maxVersion?: SecureVersion } = {},
  ): Promise<PeerCertificate> => {
    const { port } = new URL(bed.server.addresses.production);
    const socket = connect({
      ...{ host: '127.0.0.1', port: Number(port), ca },
      ...options,
      // Else the client itself would refuse the old ones.
      ...(options.maxVersion && {
        minVersion: options.maxVersion,
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
    });
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerCertificate();
    socket.destroy();
    return certificate;
  };

  const serial = async () => (await handshake()).serialNumber;

  const problems = async () => {
    const { body } = await bed.server.control<any>('GET', '/health');
    return body.problems as { what: string; reason: string }[];
  };

  beforeAll(async () => {
    use(first);
    writeFileSync(
      file('callers.yaml'),
      JSON.stringify({
        consumers: [
          { name: 'shop', certificates: [SHOP] },
          { name: 'lab', keys: [{ sha256: hashKey('key-of-the-lab') }] },
        ],
      }),
    );
    registry = new TestRegistry(client(first));
    await registry.start();
    bed = await TestBed.start(
      {
        ML_TLS_CERT_FILE: file('server.pem'),
        ML_TLS_KEY_FILE: file('server.key'),
        ML_TLS_CLIENT_CA_FILE: authority.path('pem'),
        ML_CONTROL_TLS_CERT_FILE: 'none',
        ML_CALLERS_FILE: file('callers.yaml'),
        ML_REGISTRY_CA_FILE: authority.path('pem'),
      },
      registry,
    );
    const spec = registry.push({
      version: '1.0.0',
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });
    // Pulled over TLS as well.
    await bed.server.load(spec);
    await bed.server.route(1, [{ version: '1.0.0', weight: 1 }]);
  });

  afterAll(async () => {
    await bed?.stop();
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  it('carries requests, from version 1.2 on', async () => {
    const headers = { authorization: 'Bearer key-of-the-lab' };
    expect(bed.server.addresses.production).toMatch(/^https:/);
    expect(await infer({ headers })).toBe(200);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      await handshake({ maxVersion });
    }
    await expect(handshake({ maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  it('tells who calls by the SPIFFE ID of a certificate that the authority issued', async () => {
    expect(await infer(shop)).toBe(200);
    expect(await infer({})).toBe(401);
    const unknown = authority.issue('unknown', 'URI:spiffe://example.org/spy');
    expect(await infer(client(unknown))).toBe(401);
    const forged = stranger.issue('forged', `URI:${SHOP}`);
    expect(await infer(client(forged))).toBe(401);
    const log = join(bed.dataDir, 'logs/requests.jsonl');
    await waitFor('the log', () =>
      readFileSync(log, 'utf8').includes('"consumer":"shop"')
        ? true
        : undefined,
    );
  });

  it('does the same for gRPC', async () => {
    const message = addMessage();
    const ask = async (
      identity?: { cert: Buffer; key: Buffer },
      metadata?: Record<string, string>,
    ) => {
      const grpc = new GrpcClient(
        bed.server.grpcAddresses.production,
        credentials.createSsl(ca, identity?.key, identity?.cert),
      );
      try {
        return (await grpc.infer(message, { metadata, timeoutMs: 10_000 }))
          .code;
      } finally {
        grpc.close();
      }
    };
    expect(await ask(shop)).toBe('OK');
    expect(
      await ask(undefined, { authorization: 'Bearer key-of-the-lab' }),
    ).toBe('OK');
    expect(await ask()).toBe('UNAUTHENTICATED');
    expect(await ask(undefined, { authorization: 'Bearer wrong' })).toBe(
      'UNAUTHENTICATED',
    );
    const forged = stranger.issue('forged-grpc', `URI:${SHOP}`);
    expect(await ask(client(forged))).toBe('UNAUTHENTICATED');
    const plain = new GrpcClient(bed.server.grpcAddresses.production);
    const { code } = await plain.infer(message, { timeoutMs: 2_000 });
    plain.close();
    expect(['UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(code);
  });

  it('takes a renewed certificate up without a restart, and keeps the old one when the new one is wrong', async () => {
    const before = await serial();
    const { pid } = bed.server;
    use(authority.issue('second', host, 3));
    await waitFor('the new certificate', async () =>
      (await serial()) === before ? undefined : true,
    );
    const after = await serial();
    const ending = await waitFor('the end of it to be told', async () =>
      (await problems()).find(({ reason }) => reason.startsWith('it ends at')),
    );
    expect(ending.what).toMatch(/^certificate of (production|staging)$/);

    writeFileSync(file('server.pem'), 'no certificate');
    await waitFor('the problem to be told', async () =>
      (await problems()).find(({ reason }) => reason.startsWith('not renewed')),
    );
    expect(await serial()).toBe(after);
    expect(bed.server.pid).toBe(pid);
    use(first);
    await waitFor('the first certificate', async () =>
      (await serial()) === before ? true : undefined,
    );
  });

  it('is refused at the start when key and certificate do not belong together', async () => {
    const other = authority.issue('other', host);
    const { code, stderr } = await ServerProcess.run({
      ...ServerProcess.environment(bed.options),
      ML_INFERENCE_DIR: file('data'),
      ML_TLS_CERT_FILE: first.certFile,
      ML_TLS_KEY_FILE: other.keyFile,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /TLS of the listener 'production' cannot start: .*first\.pem.*key values mismatch/,
    );
  });
});
