import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { mockServices } from '@backstage/backend-test-utils';
import type { MlEvent, WebhookDelivery } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { DatabaseAuditLog } from '../audit/DatabaseAuditLog';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { DeliveryQueue } from './DeliveryQueue';
import { OutboxStore } from './OutboxStore';
import { SecretBox } from './SecretBox';
import { WebhookDispatcher } from './WebhookDispatcher';
import { WebhookStore } from './WebhookStore';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';

/** A receiver that answers with the statuses given, then with 204. */
class Receiver {
  readonly received: { headers: IncomingHttpHeaders; body: string }[] = [];
  readonly #server: Server;

  static async start(options: { statuses?: number[]; port?: number } = {}) {
    const receiver = new Receiver(options.statuses ?? []);
    await new Promise<void>(resolve => {
      receiver.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return receiver;
  }

  private constructor(statuses: number[]) {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      this.received.push({ headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  }

  get port() {
    return (this.#server.address() as AddressInfo).port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  get events(): MlEvent[] {
    return this.received.map(({ body }) => JSON.parse(body));
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(resolve));
  }
}

describe.each(databases.ids)('webhooks on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let receiver: Receiver;
  const mia = () => platform.as('user:default/mia');
  const register = (version: string) =>
    platform.register(
      MODEL,
      version,
      examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      }),
    );
  const settled = (webhook: string, state: WebhookDelivery['state']) =>
    eventually(async () => {
      const { items } = await mia().webhooks.deliveries(webhook);
      return items.length > 0 && items.every(item => item.state === state)
        ? items
        : undefined;
    }, `deliveries that are ${state}`);

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex });
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    await platform.stop();
    await receiver.stop();
  });

  it('signs a CloudEvent so that the receiver can check it', async () => {
    const webhook = await mia().webhooks.create({ url: receiver.url });
    await register('1.0.0');
    const [delivery] = await settled(webhook.id, 'delivered');
    expect(delivery).toMatchObject({ attempts: 1, lastStatus: 204 });

    const [{ body, headers }] = receiver.received;
    expect(headers['content-type']).toContain('application/cloudevents+json');
    const key = Buffer.from(webhook.secret.replace('whsec_', ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      id: headers['webhook-id'],
      source: 'http://localhost:7007/api/ml',
      type: 'internal.ml.version.registered',
      subject: `${MODEL}@1.0.0`,
      data: { model: MODEL, version: '1.0.0', actor: 'user:default/mock' },
    });
    const [stored] = await knex('ml_webhooks');
    expect(stored.secret).not.toContain(webhook.secret);
    expect(JSON.stringify(await mia().webhooks.list())).not.toContain('whsec');
  });

  it('tells of every kind of change, of the types and the model asked for', async () => {
    const webhook = await mia().webhooks.create({ url: receiver.url });
    const other = await mia().webhooks.create({
      url: receiver.url,
      model: 'another',
    });
    const some = await mia().webhooks.create({
      url: receiver.url,
      types: ['internal.ml.alias.moved'],
    });
    await register('1.0.0');
    await register('1.1.0');
    await mia().aliases.set(MODEL, 'champion', { version: '1.0.0' });
    await platform.finished(
      await mia().createRelease(MODEL, {
        environment: 'staging',
        version: '1.1.0',
      }),
    );
    await mia().versions.deprecate(MODEL, '1.0.0', {
      sunset: new Date(Date.now() + 70 * 86_400_000).toISOString(),
      reason: 'Older data',
    });
    const approval = await mia().versions.requestDeletion(MODEL, '1.0.0', {
      reason: 'Wrong data',
    });
    await platform
      .as('user:default/paul')
      .approvals.decide((approval as { id: string }).id, 'approve');
    const all = await settled(webhook.id, 'delivered');
    expect(all.map(({ type }) => type).sort()).toEqual([
      'internal.ml.alias.moved',
      'internal.ml.alias.moved',
      'internal.ml.approval.decided',
      'internal.ml.approval.requested',
      'internal.ml.release.started',
      'internal.ml.release.succeeded',
      'internal.ml.version.deleted',
      'internal.ml.version.deprecated',
      'internal.ml.version.registered',
      'internal.ml.version.registered',
    ]);
    expect((await mia().webhooks.deliveries(other.id)).items).toEqual([]);
    expect(await settled(some.id, 'delivered')).toHaveLength(2);
    const page = await mia().webhooks.deliveries(webhook.id, { limit: 5 });
    const rest = await mia().webhooks.deliveries(webhook.id, {
      cursor: page.nextCursor,
    });
    expect([...page.items, ...rest.items]).toEqual(all);
  });

  it('tries again after an error, and after a refused connection', async () => {
    const { port } = receiver;
    const webhook = await mia().webhooks.create({ url: receiver.url });
    await receiver.stop();
    await register('1.0.0');
    await eventually(async () => {
      const { items } = await mia().webhooks.deliveries(webhook.id);
      return items[0]?.lastError?.includes('ECONNREFUSED');
    }, 'a refused connection');
    receiver = await Receiver.start({ port, statuses: [500, 302] });
    const [delivery] = await settled(webhook.id, 'delivered');
    expect(delivery.attempts).toBeGreaterThanOrEqual(4);
    expect(receiver.received.length).toBe(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it('sends a delivery again when asked to', async () => {
    const webhook = await mia().webhooks.create({ url: receiver.url });
    await register('1.0.0');
    const [first] = await settled(webhook.id, 'delivered');
    const again = await mia().webhooks.replay(webhook.id, first.id);
    expect(again).toMatchObject({ event: first.event, state: 'pending' });
    await settled(webhook.id, 'delivered');
    expect(receiver.received).toHaveLength(2);
    expect(receiver.events[1]).toEqual(receiver.events[0]);
  });

  it('sends no more to a receiver that answers 410, and drops what is removed', async () => {
    const gone = await Receiver.start({ statuses: [410] });
    const webhook = await mia().webhooks.create({ url: gone.url });
    await register('1.0.0');
    const [delivery] = await settled(webhook.id, 'failed');
    await gone.stop();
    await expect(
      mia().webhooks.replay(webhook.id, delivery.id),
    ).rejects.toMatchObject(refusal(409, '410 Gone'));
    expect((await mia().webhooks.list()).items[0].active).toBe(false);
    await mia().webhooks.remove(webhook.id);
    await expect(mia().webhooks.deliveries(webhook.id)).rejects.toMatchObject(
      refusal(404, 'no webhook'),
    );
    expect(await knex('ml_webhook_deliveries')).toEqual([]);
    const { items } = await mia().audit.list({
      resource: `webhook:${webhook.id}`,
    });
    expect(items.map(({ action }) => action)).toEqual([
      'webhook.remove',
      'webhook.deactivate',
      'webhook.create',
    ]);
  });

  it('sends a test to one receiver alone, which the others never hear of', async () => {
    const webhook = await mia().webhooks.create({
      url: receiver.url,
      types: ['internal.ml.release.failed'],
    });
    await mia().webhooks.create({ url: receiver.url });
    const sent = await mia().webhooks.test(webhook.id);
    expect(sent).toMatchObject({
      webhook: webhook.id,
      type: 'internal.ml.webhook.test',
      state: 'pending',
    });
    await settled(webhook.id, 'delivered');
    expect(receiver.events).toMatchObject([
      {
        id: sent.event,
        type: 'internal.ml.webhook.test',
        subject: `webhook:${webhook.id}`,
        data: { actor: 'user:default/mia' },
      },
    ]);
    expect(await knex('ml_webhook_deliveries')).toHaveLength(1);
  });

  it('holds back what happens during a pause, and sends it afterwards', async () => {
    const webhook = await mia().webhooks.create({ url: receiver.url });
    const other = await mia().webhooks.create({ url: receiver.url });
    await expect(mia().webhooks.pause(webhook.id)).resolves.toMatchObject({
      pausedBy: 'user:default/mia',
    });
    await expect(mia().webhooks.test(webhook.id)).rejects.toMatchObject(
      refusal(409, 'is paused'),
    );
    await register('1.0.0');
    await settled(other.id, 'delivered');
    expect((await mia().webhooks.deliveries(webhook.id)).items).toMatchObject([
      { state: 'pending', attempts: 0 },
    ]);
    const resumed = await mia().webhooks.resume(webhook.id);
    expect(resumed.pausedAt).toBeUndefined();
    await settled(webhook.id, 'delivered');
    expect(receiver.events).toHaveLength(2);
    const { items } = await mia().audit.list({
      resource: `webhook:${webhook.id}`,
    });
    expect(items.map(({ action }) => action)).toEqual([
      'webhook.resume',
      'webhook.pause',
      'webhook.create',
    ]);
  });

  it('sends to a receiver again that was gone, once it is resumed', async () => {
    const { port } = receiver;
    await receiver.stop();
    receiver = await Receiver.start({ port, statuses: [410] });
    const webhook = await mia().webhooks.create({ url: receiver.url });
    await register('1.0.0');
    const [failed] = await settled(webhook.id, 'failed');
    await expect(mia().webhooks.test(webhook.id)).rejects.toMatchObject(
      refusal(409, '410 Gone'),
    );
    await expect(mia().webhooks.resume(webhook.id)).resolves.toMatchObject({
      active: true,
    });
    const again = await mia().webhooks.replay(webhook.id, failed.id);
    await eventually(async () => {
      const { items } = await mia().webhooks.deliveries(webhook.id);
      return items.find(({ id }) => id === again.id)?.state === 'delivered';
    }, 'the replay to arrive');
  });

  it('tells nothing of a change that fails', async () => {
    await register('1.0.0');
    await register('1.1.0');
    const approval = await mia().versions.requestDeletion(MODEL, '1.0.0', {
      reason: 'Wrong data',
    });
    await platform.finished(
      await mia().createRelease(MODEL, {
        environment: 'staging',
        version: '1.0.0',
      }),
    );
    const before = await knex('ml_events').orderBy('sequence').select('id');
    await expect(
      platform
        .as('user:default/paul')
        .approvals.decide((approval as { id: string }).id, 'approve'),
    ).rejects.toMatchObject(refusal(409, 'cannot be deleted'));
    const after = await knex('ml_events').orderBy('sequence').select('id');
    expect(after).toEqual(before);

    const outbox = new OutboxStore({ knex, source: 'test' });
    const event = {
      type: 'internal.ml.alias.moved',
      model: MODEL,
      subject: MODEL,
      actor: 'user:default/mia',
    } as const;
    await expect(
      knex.transaction(async trx => {
        await outbox.append(event, trx);
        throw new Error('The change failed');
      }),
    ).rejects.toThrow('The change failed');
    expect(await knex('ml_events').select('id')).toHaveLength(before.length);
  });

  it('delivers what a process that stopped left behind', async () => {
    const { port } = receiver;
    const webhook = await mia().webhooks.create({ url: receiver.url });
    await receiver.stop();
    await register('1.0.0');
    await platform.stop();
    // As if it had died in the middle of an attempt, a while ago.
    await knex('ml_webhook_deliveries').update({
      lease_owner: 'a process that died',
      lease_until: '2026-01-01T00:00:00.000Z',
    });
    receiver = await Receiver.start({ port });
    platform = await TestPlatform.start({
      knex,
      directory: platform.directory,
    });
    await settled(webhook.id, 'delivered');
    expect(receiver.events).toMatchObject([{ subject: `${MODEL}@1.0.0` }]);
  });

  it('sends each delivery once though several processes look, and publishes inside Backstage', async () => {
    await mia().webhooks.create({ url: receiver.url });
    await platform.stop();
    const published: string[] = [];
    const events = mockServices.events.mock();
    events.publish.mockImplementation(async ({ topic, eventPayload }) => {
      expect(topic).toBe('ml');
      published.push((eventPayload as MlEvent).id);
    });
    const outbox = new OutboxStore({ knex, source: 'test' });
    for (let number = 1; number <= 15; number++) {
      await knex.transaction(trx =>
        outbox.append(
          {
            type: 'internal.ml.version.registered',
            model: MODEL,
            subject: `${MODEL}@${number}.0.0`,
            actor: 'user:default/mia',
          },
          trx,
        ),
      );
    }
    const dispatchers = ['a', 'b', 'c'].map(
      owner =>
        new WebhookDispatcher({
          outbox,
          queue: new DeliveryQueue({ knex, owner }),
          store: new WebhookStore({ knex }),
          secrets: new SecretBox({ key: 'a key for tests' }),
          events,
          audit: new DatabaseAuditLog({ knex }),
          logger: mockServices.logger.mock(),
          allowPrivateTargets: true,
          retryDelay: 20,
        }),
    );
    dispatchers.forEach(dispatcher => dispatcher.start());
    await eventually(
      async () =>
        published.length >= 15 &&
        !(
          await knex('ml_webhook_deliveries').where({ state: 'pending' })
        ).length,
      'all to be told',
    );
    await Promise.all(dispatchers.map(dispatcher => dispatcher.stop()));
    const ids = receiver.events.map(({ id }) => id);
    expect(ids).toHaveLength(15);
    expect(new Set(ids).size).toBe(15);
    expect([...published].sort()).toEqual([...ids].sort());
    platform = await TestPlatform.start({ knex });
  });

  it('keeps away from private addresses, also behind a name', async () => {
    await platform.stop();
    platform = await TestPlatform.start({
      knex,
      webhooks: { allowPrivateTargets: false },
    });
    const create = (url: string) => mia().webhooks.create({ url });
    await expect(create('https://127.0.0.1/')).rejects.toMatchObject(
      refusal(400, 'not on the public internet'),
    );
    await expect(create('http://example.com/')).rejects.toMatchObject(
      refusal(400, 'https://'),
    );
    await expect(create('ftp://example.com/')).rejects.toMatchObject(
      refusal(400, 'url:'),
    );
    const webhook = await create(`https://localhost:${receiver.port}/`);
    await register('1.0.0');
    await eventually(async () => {
      const { items } = await mia().webhooks.deliveries(webhook.id);
      return items[0]?.lastError?.includes('not on the public internet');
    }, 'a refusal');
    expect(receiver.received).toEqual([]);
  });

  it('says which key is missing', async () => {
    await platform.stop();
    platform = await TestPlatform.start({
      knex,
      webhooks: { encryptionKey: null },
    });
    await expect(
      mia().webhooks.create({ url: receiver.url }),
    ).rejects.toMatchObject(refusal(503, 'ml.webhooks.encryptionKey'));
  });
});
