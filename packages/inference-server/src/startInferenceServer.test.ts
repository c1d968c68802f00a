import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInferenceServer } from './startInferenceServer';
import {
  ADD,
  ARITHMETIC,
  fixture,
  TestRegistry,
  waitFor,
} from './__testUtils__';

describe('startInferenceServer', () => {
  it('runs the data plane inside another program', async () => {
    // Too long for a socket's path, so that these go elsewhere.
    const dataDir = join(
      mkdtempSync(join(tmpdir(), 'ml-inference-test-')),
      'a-long-name-'.repeat(10),
    );
    const registry = new TestRegistry();
    await registry.start();
    const controlToken = 'a-token-of-the-embedder';
    const server = await startInferenceServer({
      dataDir,
      host: '127.0.0.1',
      controlPort: 0,
      controlToken,
      gatewayPorts: { production: 0, staging: 0 },
      registry: { url: registry.url, token: registry.token },
      logLevel: 'error',
    });
    const { control, staging } = server.addresses;
    const url = `${control}/control/v1/environments/staging/models/sums`;
    const headers = { authorization: `Bearer ${controlToken}` };
    const version = registry.push({
      version: '0.1.0',
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });
    await fetch(`${url}/versions/0.1.0`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(version),
    });
    const answer = await waitFor('a prediction', async () => {
      const response = await fetch(
        `${staging}/v2/models/sums/versions/0.1.0/infer`,
        { method: 'POST', body: JSON.stringify(ADD) },
      );
      return response.status === 200 ? response.json() : undefined;
    });
    expect(answer.outputs[0].data).toEqual([1, 2, 3]);

    await server.stop();
    await server.stop();
    await expect(fetch(`${staging}/v2`)).rejects.toThrow('fetch failed');
    await registry.stop();
    rmSync(join(dataDir, '..'), { recursive: true });
  });
});
