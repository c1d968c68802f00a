import type { AddressInfo } from 'node:net';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { lineagePackage } from '../../__testUtils__/lineagePackage';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';
import { runEventSchema } from './__fixtures__/runEventSchema';

jest.setTimeout(120_000);

const databases = testDatabases();
const DIGEST = `sha256:${'a'.repeat(64)}`;

const ajv = addFormats(new Ajv2020({ allErrors: true }));
const isRunEvent = ajv.compile(runEventSchema);
const expectRunEvent = (event: unknown) => {
  isRunEvent(event);
  expect(isRunEvent.errors ?? []).toEqual([]);
};

/** A lineage service: refuses as often as told to, then takes what is posted. */
class LineageService {
  readonly received: {
    headers: IncomingHttpHeaders;
    path: string;
    event: Record<string, any>;
  }[] = [];
  attempts = 0;
  readonly #server: Server;

  static async start(options: { failures?: number; port?: number } = {}) {
    const service = new LineageService(options.failures ?? 0);
    await new Promise<void>(resolve => {
      service.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return service;
  }

  private constructor(failures: number) {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      this.attempts += 1;
      if (this.attempts <= failures) {
        response.writeHead(503).end();
        return;
      }
      this.received.push({
        headers: request.headers,
        path: request.url!,
        event: JSON.parse(body),
      });
      response.writeHead(201).end();
    });
  }

  get port() {
    return (this.#server.address() as AddressInfo).port;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(resolve));
  }
}

describe.each(databases.ids)('OpenLineage on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let service: LineageService;

  const start = async (directory?: string) => {
    platform = await TestPlatform.start({
      knex,
      directory,
      openLineage: {
        url: `http://127.0.0.1:${service.port}/`,
        apiKey: 'the key',
        namespace: 'ml://cellar',
      },
    });
  };
  beforeEach(async () => {
    knex = await databases.init(databaseId);
    service = await LineageService.start();
    await start();
  });
  afterEach(async () => {
    await platform.stop();
    await service.stop();
  });

  const register = () =>
    platform.register(
      'wine',
      '1.0.0',
      lineagePackage({
        model: 'wine',
        version: '1.0.0',
        lineage: {
          datasets: [
            {
              name: 'wine',
              uri: 's3://data/wine/2026.csv',
              digest: DIGEST,
              version: '2026-01',
            },
            { name: 'notes', uri: 'https://user:secret@host.example/n.csv' },
            { name: 'local', uri: 'data/local.csv', role: 'test' },
          ],
          code: {
            repository: 'https://git.example/wine',
            commit: '4f2a9c1',
            path: 'train.py',
          },
          parameters: { trees: 40 },
          environment: { python: '3.11' },
          run: { tracker: 'mlflow', id: '8d2c' },
          parents: [{ model: 'base', version: '2.0.0', relation: 'distilled' }],
        },
      }),
    );
  const told = (count: number) =>
    eventually(
      async () => service.received.length >= count && service.received,
      `${count} run events`,
    );

  it('tells of a training and of a deployment, as the standard has it', async () => {
    await register();
    const [{ event, headers, path }] = await told(1);
    expect(path).toBe('/api/v1/lineage');
    expect(headers.authorization).toBe('Bearer the key');
    expect(headers['content-type']).toBe('application/json');
    expectRunEvent(event);
    expect(event).toMatchObject({
      eventType: 'COMPLETE',
      job: {
        namespace: 'ml://cellar',
        name: 'wine.training',
        facets: {
          sourceCodeLocation: { type: 'git', version: '4f2a9c1' },
          jobType: { jobType: 'TRAINING' },
        },
      },
      run: {
        facets: {
          executionParameters: { parameters: [{ key: 'trees', value: '40' }] },
          ml_experimentRun: { tracker: 'mlflow', id: '8d2c' },
        },
      },
      inputs: [
        {
          namespace: 's3://data',
          name: 'wine/2026.csv',
          facets: { version: { datasetVersion: '2026-01' } },
        },
        { namespace: 'https://host.example', name: 'n.csv' },
        { namespace: 'ml://cellar', name: 'models/wine/data/data/local.csv' },
        {
          namespace: 'ml://cellar',
          name: 'models/base',
          facets: {
            version: { datasetVersion: '2.0.0' },
            datasetType: { datasetType: 'MODEL' },
          },
        },
      ],
      outputs: [
        {
          name: 'models/wine',
          facets: { version: { datasetVersion: '1.0.0' } },
        },
      ],
    });
    expect(JSON.stringify(event)).not.toContain('secret');
    // On demand it is the very same.
    expect(await platform.as().lineage.getOpenLineage('wine', '1.0.0')).toEqual(
      event,
    );

    await platform.finished(
      await platform
        .as()
        .createRelease('wine', { environment: 'production', version: '1.0.0' }),
    );
    const deployment = (await told(2))[1].event;
    expectRunEvent(deployment);
    expect(deployment).toMatchObject({
      eventType: 'COMPLETE',
      job: { name: 'wine.deployment.production' },
      inputs: [{ name: 'models/wine' }],
      outputs: [{ name: 'deployments/production/wine' }],
    });
  });

  it('tells of a deployment that failed', async () => {
    await register();
    platform.target.outcome = { state: 'failed', reason: 'out of memory' };
    await platform.finished(
      await platform
        .as()
        .createRelease('wine', { environment: 'staging', version: '1.0.0' }),
    );
    const { event } = (await told(2))[1];
    expectRunEvent(event);
    expect(event).toMatchObject({
      eventType: 'FAIL',
      outputs: [],
      run: {
        facets: {
          errorMessage: { message: expect.stringContaining('out of memory') },
        },
      },
    });
  });

  it('tries again until the service is back', async () => {
    const { port } = service;
    await service.stop();
    service = await LineageService.start({ failures: 2, port });
    await register();
    const [{ event }] = await told(1);
    expect(event.job.name).toBe('wine.training');
    expect(service.attempts).toBeGreaterThan(2);
  });

  it('tells after a restart what a process that died had not told', async () => {
    const { port } = service;
    await service.stop();
    await register();
    const { directory } = platform;
    await platform.stop();
    // As if it had died in the middle of an attempt, a while ago.
    await knex('ml_webhook_deliveries').update({
      lease_owner: 'a process that died',
      lease_until: '2026-01-01T00:00:00.000Z',
      next_attempt_at: '2026-01-01T00:00:00.000Z',
    });
    service = await LineageService.start({ port });
    await start(directory);
    const received = await told(1);
    expect(received).toHaveLength(1);
    expect(received[0].event.job.name).toBe('wine.training');
  });
});
