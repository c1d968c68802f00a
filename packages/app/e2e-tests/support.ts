import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { test as base, expect, type Page } from '@playwright/test';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../../..');

/** Page of the model that the tests change. */
export const MODEL_PAGE = '/catalog/default/model/wine-classifier';

/** A test that fails when the portal throws in the browser. */
export const test = base.extend({
  page: async ({ page }, runTest) => {
    const errors: Error[] = [];
    page.on('pageerror', error => errors.push(error));
    await runTest(page);
    expect(errors).toEqual([]);
  },
});

/** The command that users have, with the connection of the running platform; gives what it prints. */
export async function ml(...args: string[]): Promise<string> {
  return program('packages/cli/bin/ml', args);
}

/** The same as a platform admin. */
export async function mlAsAdmin(...args: string[]): Promise<string> {
  const token = await program('scripts/signIn.mjs', ['olga']);
  return program('packages/cli/bin/ml', args, { ML_TOKEN: token.trim() });
}

async function program(file: string, args: string[], env?: object) {
  const { stdout } = await run(
    process.execPath,
    [path.join(root, file), ...args],
    { cwd: root, env: { ...process.env, ...env } },
  );
  return stdout;
}

/** A platform admin, who sees all models and every page. */
export const ADMIN = 'Olga Petrov';

/** An ML engineer of the team that owns the model. */
export const ENGINEER = 'Mei Tanaka';

/** Signs in as one of the example people, to a page of the portal. */
export async function openAs(page: Page, person: string, address = '/') {
  await page.goto(address);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: person }).click();
}

/** The panel of an environment on a model's page. */
export function environment(page: Page, name: 'Production' | 'Staging') {
  const panel = page.getByRole('region', { name, exact: true });
  return {
    panel,
    // A release under way names a version too, within a sentence.
    version: panel
      .getByRole('paragraph')
      .filter({ hasText: /^\d+\.\d+\.\d+$/ }),
    deploy: panel.getByRole('button', { name: /^Deploy to/ }),
    rollback: panel.getByRole('button', { name: /^Roll back/ }),
  };
}
