import { mockCredentials } from '@backstage/backend-test-utils';
import { testDatabases } from '../../__testUtils__/databases';
import { digestOf, errorOf } from '../__testUtils__/RegistryClient';
import {
  READER,
  startRegistry,
  type TestRegistry,
} from '../__testUtils__/startRegistry';

const databases = testDatabases();

describe('access to the registry', () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry(await databases.init('SQLITE_3'));
  });

  afterAll(() => registry?.stop());

  function basic(token: string) {
    const pair = Buffer.from(`anybody:${token}`).toString('base64');
    return { authorization: `Basic ${pair}` };
  }

  async function lastAuditEvent() {
    return (await registry.audit.list({ limit: 1 })).items[0];
  }

  it('challenges a client that has not signed in, without recording it', async () => {
    const response = await fetch(`${registry.url}/v2/`);
    expect(response.headers.get('www-authenticate')).toBe(
      'Basic realm="ML Platform"',
    );
    expect(await errorOf(response)).toMatchObject({
      status: 401,
      code: 'UNAUTHORIZED',
    });
    expect(await lastAuditEvent()).toBeUndefined();
  });

  it('takes the token as bearer and as password', async () => {
    const token = mockCredentials.user.token();
    for (const headers of [
      { authorization: `Bearer ${token}` },
      basic(token),
    ]) {
      const response = await fetch(`${registry.url}/v2/`, { headers });
      expect(response.status).toBe(200);
    }
  });

  it('refuses a token that is not valid, and records it', async () => {
    const response = await fetch(`${registry.url}/v2/models/wine/tags/list`, {
      headers: basic(mockCredentials.user.invalidToken()),
    });
    expect(response.status).toBe(401);
    expect(await lastAuditEvent()).toMatchObject({
      actor: 'anonymous',
      action: 'ml.artifact.pull',
      resource: 'models/wine',
      outcome: 'denied',
    });
  });

  it('refuses a push of somebody who may only pull, and records it', async () => {
    const reader = registry.client.as(mockCredentials.user.token(READER));
    await registry.client.pushBlob('models/wine', 'readable');
    const pulled = await reader.fetch(
      `/v2/models/wine/blobs/${digestOf('readable')}`,
    );
    expect(await pulled.text()).toBe('readable');
    const pushed = await reader.fetch('/v2/models/wine/blobs/uploads/', {
      method: 'POST',
      headers: { 'x-request-id': 'request-1' },
    });
    expect(pushed.headers.get('x-request-id')).toBe('request-1');
    expect(await errorOf(pushed)).toEqual({
      status: 403,
      code: 'DENIED',
      message: `${READER} lacks the permission ml.artifact.push; ask a platform admin for it`,
    });
    expect(await lastAuditEvent()).toMatchObject({
      actor: READER,
      action: 'ml.artifact.push',
      resource: 'models/wine',
      outcome: 'denied',
      requestId: 'request-1',
    });
  });

  it('refuses before it reads the body', async () => {
    const response = await fetch(
      `${registry.url}/v2/models/wine/blobs/uploads/?digest=${digestOf('')}`,
      {
        method: 'POST',
        // A body that never ends.
        body: new ReadableStream({
          start: controller => controller.enqueue(new Uint8Array(1000)),
        }),
        duplex: 'half',
      } as RequestInit,
    );
    expect(response.status).toBe(401);
  });

  it.each([
    ['PUT', `/v2/models/wine/blobs/${digestOf('readable')}`, 405],
    ['PATCH', '/v2/models/wine/manifests/1.0.0', 405],
    ['GET', '/v2/models/wine/unknown', 404],
    ['POST', '/v2/', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    const response = await registry.client.fetch(path, { method });
    expect(await errorOf(response)).toMatchObject({
      status,
      code: 'UNSUPPORTED',
    });
  });

  it.each([
    ['/v2/Models/wine/tags/list', 'NAME_INVALID'],
    [`/v2/${'a/'.repeat(200)}b/tags/list`, 'NAME_INVALID'],
    ['/v2/models/%zz/tags/list', 'NAME_INVALID'],
    ['/v2/models/..%2f..%2fetc/tags/list', 'NAME_INVALID'],
    ['/v2/models/wine/blobs/sha256:..%2f..%2fpasswd', 'UNSUPPORTED'],
    ['/v2/models/wine/blobs/sha256:xyz', 'DIGEST_INVALID'],
    ['/v2/models/wine/manifests/-bad', 'MANIFEST_INVALID'],
    ['/v2/models/wine/blobs/uploads/..', 'UNSUPPORTED'],
    ['/v2/models/wine/blobs/uploads/%2e%2e%00', 'BLOB_UPLOAD_UNKNOWN'],
  ])('refuses the path %s as %s', async (path, code) => {
    const response = await registry.client.fetch(path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect((await errorOf(response)).code).toBe(code);
  });
});
