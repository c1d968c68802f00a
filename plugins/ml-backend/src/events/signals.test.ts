import { mockServices } from '@backstage/backend-test-utils';
import type { SignalPayload } from '@backstage/plugin-signals-node';
import type { Role } from '@ml-platform/plugin-ml-common';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { DatabaseGrantStore } from '../grants/DatabaseGrantStore';
import type { PolicySettings } from '../policy/PolicySettings';
import { DatabaseRegistryStore } from '../registry/DatabaseRegistryStore';
import { Audience } from './Audience';
import { ChangeNotifier } from './ChangeNotifier';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const NOBODY: Record<Role, string[]> = {
  'ml-viewer': [],
  'ml-engineer': [],
  'platform-admin': [],
  'data-access-auditor': [],
};

describe.each(databases.ids)('signals of changes on %s', databaseId => {
  async function signalOf(roles: Partial<Record<Role, string[]>>) {
    const knex = await databases.init(databaseId);
    const platform = await TestPlatform.start({ knex });
    try {
      await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
      await platform.as().access.createGrant({
        ...{ model: MODEL, subject: 'group:default/apps-team' },
        ...{ capability: 'read', reason: 'They call it' },
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      const sent: SignalPayload[] = [];
      const changes = new ChangeNotifier({
        signals: {
          publish: async signal => {
            sent.push(signal as SignalPayload);
          },
        },
        events: mockServices.events.mock(),
        audience: new Audience({
          models: new DatabaseRegistryStore({ knex }),
          grants: new DatabaseGrantStore({ knex }),
          policies: {
            get: async () => ({ ...NOBODY, ...roles }),
          } as unknown as PolicySettings,
        }),
        logger: mockServices.logger.mock(),
      });
      changes.modelChanged({ model: MODEL, environment: 'staging' });
      return await eventually(async () => sent[0], 'the signal');
    } finally {
      await platform.stop();
    }
  }

  it('name a model to its team, to whom it was granted, and to admins alone', async () => {
    expect(
      await signalOf({
        'platform-admin': ['group:default/Platform-Team'],
        'ml-engineer': ['group:default/health-team'],
        'ml-viewer': ['group:default/apps-team'],
        'data-access-auditor': ['group:default/security-team'],
      }),
    ).toMatchObject({
      recipients: {
        type: 'user',
        entityRef: [
          'group:default/platform-team',
          'group:default/quality-team',
          'group:default/apps-team',
        ],
      },
      message: { model: MODEL, environment: 'staging' },
    });
  });

  it('name none where somebody else decides who sees what', async () => {
    expect(await signalOf({})).toMatchObject({
      recipients: { type: 'broadcast' },
      message: {},
    });
  });
});
