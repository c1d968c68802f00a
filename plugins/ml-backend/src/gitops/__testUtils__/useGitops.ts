import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitopsItem, GitopsState } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { GitClone } from '../../__testUtils__/GitClone';
import { examplePackage } from '../../__testUtils__/packages';
import { userEntity } from '../../__testUtils__/people';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';

export const MODEL = 'wine-classifier';
export const FILE = `environments/staging/quality-team/${MODEL}.yaml`;
export const OTHER = 'diabetes-risk';
export const OTHER_FILE = `environments/staging/health-team/${OTHER}.yaml`;

/** A change of a file by hand. */
export const to = (version: string) => (before: string) =>
  before
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^digest: .*\n/m, '');

/** A platform that keeps desired state in Git, for each test anew. */
export function useGitops(init: () => Promise<Knex>) {
  let knex: Knex;
  let clones: GitClone[];
  const context = {
    platform: undefined as unknown as TestPlatform,
    directory: '',
    start: async (
      options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
    ) => {
      context.platform = await TestPlatform.start({
        knex,
        entities: [
          userEntity('mei', 'quality-team'),
          userEntity('hana', 'health-team'),
          userEntity('vera', 'apps-team'),
        ],
        gitops: {
          directory: context.directory,
          interval: '150ms',
          // Their commits are written into its folder.
          authors: 'email',
        },
        ...options,
      });
    },
    /** A second portal beside the first one. */
    startAnother: () =>
      TestPlatform.start({
        knex,
        target: context.platform.target,
        directory: context.platform.directory,
        gitops: {
          directory: context.directory,
          interval: '150ms',
          authors: 'email',
        },
      }),
    register: (model: string, version: string) =>
      context.platform.register(
        model,
        version,
        examplePackage(model, {
          'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        }),
      ),
    clone: async (name = 'mei') => {
      const made = await GitClone.of(context.directory, {
        name,
        email: `${name}@example.com`,
      });
      clones.push(made);
      return made;
    },
    deploy: async (version: string, user?: string, model = MODEL) =>
      context.platform.finished(
        await context.platform
          .as(user)
          .createRelease(model, { environment: 'staging', version }),
      ),
    item: async (path = FILE): Promise<GitopsItem | undefined> =>
      (await context.platform.as().gitops.status()).items.find(
        entry => entry.path === path,
      ),
    reaches: (state: GitopsState, path = FILE) =>
      eventually(async () => {
        const found = await context.item(path);
        return found?.state === state && found;
      }, `${path} to be ${state}`),
    settled: () =>
      eventually(async () => {
        const { pendingCommits } = await context.platform.as().gitops.sync();
        return pendingCommits === 0;
      }, 'every release to be committed'),
    live: async (model = MODEL) => {
      const { items } = await context.platform
        .as()
        .listDeployments({ model, environment: 'staging' });
      return items[0]?.version;
    },
    subjects: async () =>
      (await context.platform.as().gitops.log({ limit: 100 })).items.map(
        ({ subject }) => subject,
      ),
  };

  beforeEach(async () => {
    knex = await init();
    context.directory = mkdtempSync(join(tmpdir(), 'ml-gitops-'));
    clones = [];
    await context.start();
    for (const version of ['1.0.0', '1.1.0']) {
      await context.register(MODEL, version);
    }
  });
  afterEach(async () => {
    await context.platform.stop();
    for (const made of clones) made.remove();
  });
  return context;
}
