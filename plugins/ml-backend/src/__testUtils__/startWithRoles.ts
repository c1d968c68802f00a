import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  type Entity,
  RELATION_MEMBER_OF,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import {
  AuthorizeResult,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { MlClient, type Role } from '@ml-platform/plugin-ml-common';
// The policy as it runs, and not what it might say.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import {
  MlDecisions,
  PluginAccessDirectory,
} from '@ml-platform/plugin-permission-backend-module-ml';
import { type StartOptions, TestPlatform } from './startPlatform';

const group = (name: string) => `group:default/${name}-team`;
const user = (name: string) => `user:default/${name}`;

/** Those of `examples/org.yaml`, and somebody whom no role names. */
const GROUPS: Record<string, string[]> = {
  [user('olga')]: [group('platform')],
  [user('pedro')]: [group('platform')],
  [user('mei')]: [group('quality')],
  [user('noah')]: [group('quality')],
  [user('hana')]: [group('health')],
  [user('luis')]: [group('health')],
  [user('vera')]: [group('apps')],
  [user('sam')]: [group('security')],
  [user('nobody')]: [group('unknown')],
};

export const ROLES_OF_TEAMS: Record<Role, string[]> = {
  'ml-viewer': [group('apps')],
  'ml-engineer': [group('quality'), group('health')],
  'platform-admin': [group('platform')],
  'data-access-auditor': [group('security')],
};

/** Whom a user of the catalog stands for, as Backstage's sign-in has it: its direct groups. */
function membershipsOf(entities: Entity[] = []): Record<string, string[]> {
  return Object.fromEntries(
    entities
      .filter(({ kind }) => kind === 'User')
      .map(entity => [
        stringifyEntityRef(entity),
        (entity.relations ?? [])
          .filter(({ type }) => type === RELATION_MEMBER_OF)
          .map(({ targetRef }) => targetRef),
      ]),
  );
}

/** The platform under the real policy, for the people of the example and of the catalog. */
export async function startWithRoles(
  options: StartOptions,
): Promise<TestPlatform> {
  let url = '';
  const groups = { ...GROUPS, ...membershipsOf(options.entities) };
  const decisions = new MlDecisions({
    directory: new PluginAccessDirectory({
      client: new MlClient({
        baseUrl: async () => `${url}/api/ml`,
        fetch: (input, init) => {
          const headers = new Headers(init?.headers);
          headers.set('authorization', mockCredentials.service.header());
          return fetch(input, { ...init, headers });
        },
      }),
    }),
  });
  const decide = async (
    permission: Permission,
    credentials: BackstageCredentials,
  ): Promise<PolicyDecision> => {
    const { principal } = credentials as BackstageCredentials<{
      type: string;
      userEntityRef: string;
    }>;
    // As Backstage does with services.
    if (principal.type !== 'user') return { result: AuthorizeResult.ALLOW };
    const { userEntityRef } = principal;
    const info = {
      userEntityRef,
      ownershipEntityRefs: [userEntityRef, ...(groups[userEntityRef] ?? [])],
    };
    const decision = await decisions.decide({ permission }, {
      credentials,
      info,
    } as Parameters<typeof decisions.decide>[1]);
    if (!decision) throw new Error(`nobody decides on ${permission.name}`);
    return decision;
  };
  const permissions: Partial<PermissionsService> = {
    authorizeConditional: (requests, given) =>
      Promise.all(
        requests.map(({ permission }) =>
          decide(permission, (given as never as Given).credentials),
        ),
      ),
    authorize: (requests, given) =>
      Promise.all(
        requests.map(async ({ permission }) => {
          const { result } = await decide(
            permission,
            (given as never as Given).credentials,
          );
          if (result === AuthorizeResult.CONDITIONAL) {
            throw new Error(`${permission.name} is decided by model`);
          }
          return { result };
        }),
      ),
  };
  const platform = await TestPlatform.start({
    ...options,
    permissions,
    teams: groups,
    ml: { ...options.ml, roles: ROLES_OF_TEAMS },
  });
  url = platform.url;
  return platform;
}

interface Given {
  credentials: BackstageCredentials;
}
