import { mockCredentials } from '@backstage/backend-test-utils';
import {
  includesCapability,
  MlClient,
  reachOf,
  type Role,
  ROLES,
} from '@ml-platform/plugin-ml-common';
import type { Ids, Operation } from './operations';
import { examplePackage, pushPackage } from './packages';
import type { TestPlatform } from './startPlatform';

/** Somebody in each role, and the team of theirs. */
export const PEOPLE: Record<Role | 'none', { user: string; team: string }> = {
  'ml-viewer': { user: 'vera', team: 'apps' },
  'ml-engineer': { user: 'mei', team: 'quality' },
  'platform-admin': { user: 'olga', team: 'platform' },
  'data-access-auditor': { user: 'sam', team: 'security' },
  none: { user: 'nobody', team: 'unknown' },
};
export const CASES = [...ROLES, 'none'] as const;
export type Case = (typeof CASES)[number];

export const SCOPES = ['own', 'other', 'read', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** `blind`: told that no role of theirs shows models. */
export type Outcome = 'allowed' | 'denied' | 'hidden' | 'blind' | 'taken';

/** What a refusal's words come down to; undefined where they are of something else. */
export function refusalIn(message: string): Outcome | undefined {
  if (message.includes('no role that shows models')) return 'blind';
  if (message.includes('lacks the permission')) return 'denied';
  if (/There is no (model|release|approval)/.test(message)) return 'hidden';
  return message.includes("taken by another team's model")
    ? 'taken'
    : undefined;
}

/** What the role table says must come of an operation. */
export function expected(
  {
    about,
    blind,
    hidden,
    permission,
  }: Pick<Operation, 'about' | 'blind' | 'hidden' | 'permission'>,
  who: Case,
  scope: Scope,
): Outcome {
  if (permission === 'open') return 'allowed';
  const roles = who === 'none' ? [] : [who];
  const reaches = (name: string) => {
    const { capability, reach } = reachOf(name, roles)!;
    if (reach === 'all') return true;
    if (reach === 'none' || about === 'platform') return false;
    if (scope === 'own') return true;
    return (
      reach === 'granted' &&
      scope !== 'other' &&
      includesCapability(scope, capability)
    );
  };
  if (about === 'platform') return reaches(permission) ? 'allowed' : 'denied';
  const sees = reachOf('ml.model.read', roles)!.reach !== 'none';
  if (about === 'list') return sees ? 'allowed' : 'blind';
  if (hidden && !reaches('ml.model.read')) {
    return reaches('ml.model.create') ? 'taken' : 'denied';
  }
  if (!sees) return blind ?? 'blind';
  if (!reaches('ml.model.read')) return 'hidden';
  return reaches(permission) ? 'allowed' : 'denied';
}

/** The model that is this scope's for somebody. */
export function modelFor(who: Case, scope: Scope): string {
  return scope === 'own'
    ? `of-${PEOPLE[who].team}`
    : { other: 'of-others', read: 'to-read', operate: 'to-operate' }[scope];
}

/** What somebody signs in with. */
export function tokenFor(who: Case): string {
  return mockCredentials.user.token(`user:default/${PEOPLE[who].user}`);
}

/** A client that the policy lets pass, as it does every service. */
export function serviceClient(platform: TestPlatform): MlClient {
  return new MlClient({
    baseUrl: async () => `${platform.url}/api/ml`,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', mockCredentials.service.header());
      return fetch(input, { ...init, headers });
    },
  });
}

/**
 * A model of each team, and models of others that were granted to everybody
 * or not, each live in staging.
 * @returns what belongs to each model
 */
export async function addModels(
  platform: TestPlatform,
): Promise<Map<string, Ids>> {
  const client = serviceClient(platform);
  const ids = new Map<string, Ids>();
  async function addModel(name: string, team: string): Promise<void> {
    const files = examplePackage('wine-classifier', {
      'model.yaml': [
        [/^name: .*$/m, `name: ${name}`],
        [/^owner: .*$/m, `owner: group:default/${team}-team`],
      ],
    });
    const digest = await pushPackage({
      url: platform.url,
      token: mockCredentials.service.token(),
      model: name,
      files,
    });
    await client.registerVersion(name, { version: '1.0.0', digest });
    const release = await client.createRelease(name, {
      environment: 'staging',
      version: '1.0.0',
    });
    await platform.finished(release, client);
    const approval = await client.limits.request(name, {
      maxBytes: 2 ** 40,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      reason: 'a test',
    });
    ids.set(name, { release: release.id, approval: approval.id, grant: '' });
  }

  for (const { team } of Object.values(PEOPLE)) {
    await addModel(`of-${team}`, team);
  }
  for (const name of ['of-others', 'to-read', 'to-operate']) {
    await addModel(name, 'health');
  }
  for (const capability of ['read', 'operate'] as const) {
    for (const { team } of Object.values(PEOPLE)) {
      await platform.as('user:default/hana').access.createGrant({
        subject: `group:default/${team}-team`,
        model: `to-${capability}`,
        capability,
        reason: 'they work on it with us',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      });
    }
  }
  return ids;
}
