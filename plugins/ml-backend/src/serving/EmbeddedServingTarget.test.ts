import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmbeddedServingTarget } from './EmbeddedServingTarget';

const key = { environment: 'staging', model: 'wine' } as const;

describe('EmbeddedServingTarget', () => {
  let server: Server;
  let target: EmbeddedServingTarget;
  let answer: { status: number; body?: unknown };
  let seen: IncomingMessage[];

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      seen.push(request);
      response.statusCode = answer.status;
      response.end(
        typeof answer.body === 'string'
          ? answer.body
          : JSON.stringify(answer.body),
      );
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    target = new EmbeddedServingTarget({
      url: `http://127.0.0.1:${port}`,
      token: 'secret',
      gateways: { staging: 'http://s', production: 'http://p' },
    });
  });
  afterEach(() => new Promise(resolve => server.close(resolve)));

  it('sends its token, and takes an absent version for none', async () => {
    answer = { status: 404, body: {} };
    await expect(target.getVersion(key, '1.0.0')).resolves.toBeUndefined();
    expect(seen[0].url).toBe(
      '/control/v1/environments/staging/models/wine/versions/1.0.0',
    );
    expect(seen[0].headers.authorization).toBe('Bearer secret');
  });

  it('accepts an answer without a body', async () => {
    answer = { status: 204, body: '' };
    await expect(target.unload(key, '1.0.0')).resolves.toBeUndefined();
  });

  it.each([
    [400, 'InputError'],
    [409, 'ConflictError'],
    [401, 'ServiceUnavailableError'],
    [500, 'ServiceUnavailableError'],
  ])(
    'turns a refusal with %s into a %s with its reason',
    async (status, name) => {
      answer = { status, body: { error: { message: '1.0.0 is not ready' } } };
      await expect(target.unload(key, '1.0.0')).rejects.toMatchObject({
        name,
        message: expect.stringContaining('1.0.0 is not ready'),
      });
    },
  );

  it('says that a server which is gone does not answer', async () => {
    await new Promise(resolve => server.close(resolve));
    await expect(target.getStatus()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringMatching(/does not answer: .*ECONNREFUSED/),
    });
    server.listen(0);
  });
});
