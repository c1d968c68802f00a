import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockServices } from '@backstage/backend-test-utils';
import { InferenceEndpoint } from '@ml-platform/batch';
import { readMlConfig } from '../config';
import { callGateway } from '../predictions/callGateway';
import { EmbeddedServingTarget } from './EmbeddedServingTarget';
import { fetchTrusting } from './fetchTrusting';

const key = { environment: 'staging', model: 'wine' } as const;
const MODEL = {
  name: 'wine',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [-1] }],
};

describe('an authority of one’s own', () => {
  let folder: string;
  let server: Server;
  let url: string;
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-ca-'));
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    openssl(
      ...['req', '-x509', ...ec, '-nodes', '-days', '30', '-subj', '/CN=ca'],
      ...['-keyout', 'ca.key', '-out', 'ca.pem'],
    );
    openssl(
      ...['req', ...ec, '-nodes', '-subj', '/CN=server'],
      ...['-keyout', 'server.key', '-out', 'server.csr'],
    );
    writeFileSync(file('server.ext'), 'subjectAltName=DNS:localhost\n');
    openssl(
      ...['x509', '-req', '-days', '30', '-in', 'server.csr', '-CA', 'ca.pem'],
      ...['-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.pem'],
      ...['-extfile', 'server.ext'],
    );
    server = createServer(
      {
        key: readFileSync(file('server.key')),
        cert: readFileSync(file('server.pem')),
      },
      (request, response) => {
        response.setHeader('x-ml-version', '1.0.0');
        const isControl = request.url?.startsWith('/control');
        response.end(JSON.stringify(isControl ? { ready: true } : MODEL));
      },
    );
    await new Promise<void>(resolve => {
      server.listen(0, 'localhost', resolve);
    });
    url = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const configured = (caFile?: string) =>
    readMlConfig(
      mockServices.rootConfig({
        data: {
          backend: { baseUrl: 'http://localhost:7007' },
          ml: {
            serving: {
              embedded: {
                control: { url, token: 'token' },
                gateways: { staging: url, production: url },
                ...(caFile && { caFile }),
              },
            },
          },
        },
      }),
    ).embeddedServing!;
  const call = (ca: string | undefined) =>
    callGateway({
      url: `${url}/v2/models/wine/infer`,
      requestId: 'r1',
      body: Buffer.from('{}'),
      fetch: fetchTrusting(ca),
    });

  it('is believed by every call of control API and gateways', async () => {
    const embedded = configured(file('ca.pem'));
    const target = new EmbeddedServingTarget(embedded);
    expect(await target.getVersion(key, '1.0.0')).toEqual({ ready: true });
    expect(await call(embedded.ca)).toMatchObject({ status: 200 });
    const endpoint = new InferenceEndpoint(url, 'wine', {
      fetch: fetchTrusting(embedded.ca),
    });
    expect(await endpoint.describe(undefined)).toMatchObject({
      version: '1.0.0',
    });
  });

  it('is not believed when it is not named, and the error names the setting', async () => {
    const embedded = configured();
    expect(embedded.ca).toBeUndefined();
    const target = new EmbeddedServingTarget(embedded);
    const advice = /unable to verify.*ml\.serving\.embedded\.caFile/;
    await expect(target.getStatus()).rejects.toThrow(advice);
    await expect(call(undefined)).rejects.toThrow(advice);
    await expect(
      new InferenceEndpoint(url, 'wine').describe('1'),
    ).rejects.toThrow('unable to verify the first certificate');
  });

  it.each([
    ['missing.pem', undefined, 'cannot be read (ENOENT)'],
    ['empty.pem', 'hello', 'holds no certificate'],
    [
      'broken.pem',
      '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n',
      'holds a certificate that cannot be read',
    ],
  ])('is refused at the start: %s', (name, content, why) => {
    if (content) writeFileSync(file(name), content);
    expect(() => configured(file(name))).toThrow(
      `ml.serving.embedded.caFile: '${file(name)}' ${why}`,
    );
  });
});
