import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import Router from 'express-promise-router';
import { UnsecuredJWT } from 'jose';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { TestPlatform } from '../../__testUtils__/startPlatform';
import { auditedPlugins } from './auditedPlugins';
import { AuditInbox } from './AuditInbox';
import { reasonOf } from './TokenRefusals';

jest.setTimeout(60_000);

const databases = testDatabases();
const MIA = 'user:default/mia';

/** A plugin that knows nothing of ours, and audits as those of Backstage do. */
function shop(acts: string[]) {
  return createBackendPlugin({
    pluginId: 'shop',
    register(env) {
      env.registerInit({
        deps: {
          auditor: coreServices.auditor,
          router: coreServices.httpRouter,
        },
        async init({ auditor, router }) {
          const routes = Router();
          routes.post('/orders/:how', async (request, response) => {
            const { how } = request.params;
            const event = await auditor.createEvent({
              eventId: 'order',
              severityLevel: 'medium',
              request,
              meta: {
                actionType: 'create',
                entityRef: 'component:default/teapot',
                parameters: { mail: 'mia@example.com' },
                taskId: 'mia@example.com',
              },
            });
            if (how === 'refused') {
              const error = new NotAllowedError('mia@example.com may not');
              await event.fail({ error });
              throw error;
            }
            acts.push(how);
            await event.success({ meta: { uid: 'order-1' } });
            response.json({});
          });
          routes.get('/orders', async (request, response) => {
            const event = await auditor.createEvent({
              eventId: 'look',
              request,
            });
            await event.success();
            response.json({});
          });
          router.use(routes);
        },
      });
    },
  });
}

describe.each(databases.ids)('other plugins on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  const acts: string[] = [];

  beforeAll(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({
      knex,
      features: [auditedPlugins, shop(acts)],
    });
  });
  afterAll(() => platform.stop());
  beforeEach(() => acts.splice(0));

  const call = async (path: string, method: string, authorization: string) => {
    const { status } = await fetch(`${platform.url}/api/${path}`, {
      method,
      headers: { authorization },
    });
    return status;
  };
  const events = async (action: string) =>
    (await platform.as().audit.list({ action })).items.reverse();

  it('leave an intent before they act and an outcome after, without personal data', async () => {
    const user = mockCredentials.user.header(MIA);
    expect(await call('shop/orders/plain', 'POST', user)).toBe(200);
    expect(await call('shop/orders/refused', 'POST', user)).toBe(403);
    const found = await events('shop.order');
    const about = { actor: MIA, resource: 'entity:component:default/teapot' };
    expect(found).toMatchObject([
      { ...about, outcome: 'intended', details: { actionType: 'create' } },
      { ...about, outcome: 'succeeded', details: { uid: 'order-1' } },
      { ...about, outcome: 'intended' },
      { ...about, outcome: 'denied', details: { error: 'NotAllowedError' } },
    ]);
    const operations = found.map(({ details }) => details.operation);
    expect(operations[0]).toBe(operations[1]);
    expect(operations[0]).not.toBe(operations[2]);
    expect(JSON.stringify(found)).not.toContain('example.com');
  });

  it('fill it with nothing that only reads', async () => {
    const user = mockCredentials.user.header(MIA);
    expect(await call('shop/orders', 'GET', user)).toBe(200);
    expect(await events('shop.look')).toEqual([]);
  });

  it('do not act when nothing can be recorded', async () => {
    await knex.schema.renameTable('ml_audit_pending', 'ml_audit_away');
    try {
      const user = mockCredentials.user.header(MIA);
      expect(await call('shop/orders/plain', 'POST', user)).toBe(500);
      expect(acts).toEqual([]);
    } finally {
      await knex.schema.renameTable('ml_audit_away', 'ml_audit_pending');
    }
  });

  it('record each refused token, and a flood of them as one entry', async () => {
    const expired = new UnsecuredJWT({ aud: 'backstage' })
      .setSubject('user:default/secret-person')
      .setExpirationTime(1)
      .encode();
    for (let i = 0; i < 40; i += 1) {
      expect(await call('shop/orders', 'GET', `Bearer ${expired}`)).toBe(401);
    }
    expect(await call('ml/v1/info', 'GET', 'Bearer nonsense')).toBe(401);
    const early = await events('token.use');
    expect(early).toHaveLength(6);
    expect(early[0]).toMatchObject({
      actor: 'anonymous',
      resource: 'plugin:shop',
      outcome: 'denied',
      details: { reason: 'expired' },
    });
    expect(early[5]).toMatchObject({
      resource: 'plugin:ml',
      details: { reason: 'malformed' },
    });
    expect(JSON.stringify(early)).not.toContain('secret-person');
    // What was counted is written when the backend stops, at the latest.
    await platform.stop();
    platform = await TestPlatform.start({ knex, features: [auditedPlugins] });
    expect((await events('token.use')).at(-1)).toMatchObject({
      resource: 'plugin:shop',
      details: { reason: 'expired', more: 35 },
    });
  });
});

it('tells what is wrong with a token by what it says itself', () => {
  const token = (claims: object) => new UnsecuredJWT({ ...claims }).encode();
  const now = Date.UTC(2026, 0, 1);
  const later = now / 1000 + 60;
  for (const [claims, reason] of [
    [{ exp: 1 }, 'expired'],
    [{ exp: later, nbf: later }, 'not-yet-valid'],
    [{ exp: later, aud: 'catalog' }, 'wrong-audience'],
    [{ exp: later, aud: ['ml'] }, 'not-issued-here'],
    [{ exp: later }, 'not-issued-here'],
  ] as const) {
    expect(reasonOf(token(claims), 'ml', now)).toBe(reason);
  }
  expect(reasonOf('no token', 'ml', now)).toBe('malformed');
});

it('refuses to record where there is no log', async () => {
  const logger = { error: jest.fn() } as never;
  const inbox = new AuditInbox({ logger, openMs: 10 });
  await expect(
    inbox.record({
      actor: MIA,
      action: 'shop.order',
      resource: 'plugin:shop',
      outcome: 'intended',
    }),
  ).rejects.toThrow("the plugin 'ml', which has the audit log, does not run");
});
