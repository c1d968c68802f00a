import { mockCredentials } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
// The rules as the catalog applies them.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import { permissionRules } from '@backstage/plugin-catalog-backend/alpha';
import {
  AuthorizeResult,
  createPermission,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import {
  ML_MODEL_ANNOTATION,
  mlAuditReadPermission,
  mlModelReadPermission,
  mlVersionRegisterPermission,
} from '@ml-platform/plugin-ml-common';
import type { AccessDirectory } from './AccessDirectory';
import { MlDecisions } from './MlDecisions';
import { MlPermissionPolicy } from './MlPermissionPolicy';

const readEntity = createPermission({
  name: 'catalog.entity.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});
const basic = (name: string, action?: 'read' | 'update') =>
  createPermission({ name, attributes: action ? { action } : {} });

const directory: AccessDirectory = {
  getRoles: async () => ({
    'ml-viewer': ['group:default/apps-team'],
    'ml-engineer': ['group:default/quality-team'],
    'platform-admin': ['user:default/olga'],
    'data-access-auditor': ['group:default/security-team'],
  }),
  getGranted: async claims =>
    claims.includes('group:default/apps-team')
      ? { models: ['wine-classifier'], teams: ['group:default/health-team'] }
      : { models: [], teams: [] },
};
const policy = new MlPermissionPolicy({
  decisions: new MlDecisions({ directory }),
});

const decide = (permission: Permission, name?: string, team?: string) =>
  policy.handle(
    { permission },
    name === undefined
      ? undefined
      : ({
          credentials: mockCredentials.user(`user:default/${name}`),
          info: {
            userEntityRef: `user:default/${name}`,
            ownershipEntityRefs: team ? [`group:default/${team}-team`] : [],
          },
        } as Parameters<MlPermissionPolicy['handle']>[1]),
  );

const entity = (kind: string, model?: string, owner = 'quality'): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name: 'an-entity',
    ...(model && { annotations: { [ML_MODEL_ANNOTATION]: model } }),
  },
  relations: [{ type: 'ownedBy', targetRef: `group:default/${owner}-team` }],
});
const admits = (decision: PolicyDecision, given: Entity) =>
  createConditionAuthorizer(Object.values(permissionRules))(decision, given);

describe('permissions on models', () => {
  it('are decided by owner and grant, each with the claims of the user', async () => {
    const claims = ['user:default/mei', 'group:default/quality-team'];
    const owner = {
      rule: 'IS_MODEL_OWNER',
      resourceType: 'ml-model',
      params: { claims },
    };
    expect(
      await decide(mlVersionRegisterPermission, 'mei', 'quality'),
    ).toMatchObject({ result: 'CONDITIONAL', conditions: owner });
    expect(await decide(mlModelReadPermission, 'mei', 'quality')).toMatchObject(
      {
        pluginId: 'ml',
        conditions: {
          anyOf: [
            owner,
            {
              rule: 'IS_MODEL_GRANTED',
              params: { claims, capability: 'read' },
            },
          ],
        },
      },
    );
  });

  it('are for all models, or none, where the role says so', async () => {
    const allow = { result: AuthorizeResult.ALLOW };
    const deny = { result: AuthorizeResult.DENY };
    expect(await decide(mlModelReadPermission, 'olga')).toEqual(allow);
    expect(await decide(mlModelReadPermission, 'sam', 'security')).toEqual(
      deny,
    );
    expect(await decide(mlAuditReadPermission, 'sam', 'security')).toEqual(
      allow,
    );
    expect(await decide(mlAuditReadPermission, 'mei', 'quality')).toEqual(deny);
    expect(await decide(mlModelReadPermission, 'nobody')).toEqual(deny);
    expect(await decide(mlModelReadPermission)).toEqual(deny);
  });

  it('are denied to everybody when the table does not know them', async () => {
    expect(await decide(basic('ml.something.new', 'read'), 'olga')).toEqual({
      result: AuthorizeResult.DENY,
    });
  });

  it('are refused while roles cannot be read', async () => {
    const failing = new MlDecisions({
      directory: {
        ...directory,
        getRoles: async () => {
          throw new Error('the plugin ml does not answer');
        },
      },
    });
    await expect(
      failing.decide({ permission: mlModelReadPermission }, {
        credentials: mockCredentials.user(),
        info: { userEntityRef: 'user:default/olga', ownershipEntityRefs: [] },
      } as Parameters<typeof failing.decide>[1]),
    ).rejects.toThrow('does not answer');
  });
});

describe('entities of the catalog', () => {
  it.each([
    // Who, of which team; the model, whose it is; whether it is seen.
    ['mei', 'quality', 'pricing', 'quality', true],
    ['mei', 'quality', 'diabetes-risk', 'health', false],
    ['vera', 'apps', 'wine-classifier', 'quality', true],
    ['vera', 'apps', 'diabetes-risk', 'health', true],
    ['vera', 'apps', 'pricing', 'quality', false],
    ['sam', 'security', 'wine-classifier', 'security', false],
    ['nobody', 'unknown', 'wine-classifier', 'quality', false],
    ['olga', 'platform', 'diabetes-risk', 'health', true],
  ])('show %s of %s the model %s of %s: %s', async (...row) => {
    const [name, team, model, owner, seen] = row;
    const decision = await decide(readEntity, name, team);
    for (const kind of ['Model', 'API']) {
      expect(admits(decision, entity(kind, model, owner))).toBe(seen);
    }
    for (const other of [
      entity('API', undefined, owner),
      entity('Component', model, owner),
      entity('Group'),
    ]) {
      expect(admits(decision, other)).toBe(true);
    }
  });
});

describe('permissions of other plugins', () => {
  it.each([
    ['catalog.location.read', 'read', ['olga', 'mei', 'vera', 'nobody']],
    ['scaffolder.task.create', undefined, ['olga', 'mei', 'vera', 'nobody']],
    ['catalog.location.create', undefined, ['olga', 'mei']],
    ['catalog.location.delete', undefined, ['olga']],
    ['catalog.ingestion.read', 'read', ['olga']],
    ['scaffolder.template.management', undefined, ['olga']],
    ['policy.entity.read', 'read', ['olga']],
    ['some.other.plugin', 'read', ['olga', 'mei', 'vera', 'nobody']],
    ['some.other.plugin', 'update', ['olga']],
  ] as const)('%s (%s) is for %j', async (name, action, who) => {
    const teams = { olga: '', mei: 'quality', vera: 'apps', nobody: '' };
    const allowed: string[] = [];
    for (const [person, team] of Object.entries(teams)) {
      const { result } = await decide(basic(name, action), person, team);
      if (result === AuthorizeResult.ALLOW) allowed.push(person);
    }
    expect(allowed).toEqual(who);
    expect(await decide(basic(name, action))).toEqual({
      result: AuthorizeResult.DENY,
    });
  });

  it('show people the template runs that they started', async () => {
    const readTask = createPermission({
      name: 'scaffolder.task.read',
      attributes: { action: 'read' },
      resourceType: 'scaffolder-task',
    });
    expect(await decide(readTask, 'mei', 'quality')).toMatchObject({
      conditions: {
        rule: 'IS_TASK_OWNER',
        params: { createdBy: ['user:default/mei'] },
      },
    });
    expect(await decide(readTask, 'olga')).toEqual({
      result: AuthorizeResult.ALLOW,
    });
  });
});
