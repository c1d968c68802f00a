import { expect } from '@playwright/test';
import { ENGINEER, environment, ml, MODEL_PAGE, openAs, test } from './support';

const VERSIONS = ['1.0.0', '1.1.0'];
const DEPLOYMENTS = `${MODEL_PAGE}/deployments`;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  // The second version of the first example; registered already, it is no change.
  await ml('register', 'examples/wine-classifier-next');
});

test('the dialog deploys, and every open page follows without a reload', async ({
  page,
  context,
}) => {
  await openAs(page, ENGINEER, DEPLOYMENTS);
  // The same browser is signed in already.
  const onlooker = await context.newPage();
  await onlooker.goto('/ml');
  const staging = environment(page, 'Staging');
  await expect(staging.version).toBeVisible();
  const from = (await staging.version.textContent())!;
  const to = VERSIONS.find(version => version !== from)!;
  const seen = onlooker.getByRole('row', { name: /wine-classifier/ });
  await expect(seen.getByRole('gridcell').nth(1)).toContainText(from);

  await staging.deploy.click();
  const dialog = page.getByRole('dialog', { name: /^Deploy / });
  await dialog.getByRole('button', { name: /Version/ }).click();
  const live = page.getByRole('option', { name: new RegExp(`^${from}`) });
  await expect(live).toBeDisabled();
  await expect(live).toContainText(`${from} is live in staging already.`);
  await page.getByRole('option', { name: new RegExp(`^${to}`) }).click();
  await expect(dialog).toContainText(`requests go from ${from} to ${to}`);
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Try it out');
  await dialog.getByRole('button', { name: `Deploy ${to} to staging` }).click();

  await expect(staging.version).toHaveText(to);
  await expect(staging.panel.getByText('Healthy')).toBeVisible();
  const newest = page.getByRole('row').filter({ hasText: /^#\d+/ }).first();
  await expect(newest).toContainText(`${from} → ${to}`);
  await expect(newest).toContainText('Succeeded');
  await expect(newest).toContainText('Try it out');
  await expect(seen.getByRole('gridcell').nth(1)).toContainText(to);
});

test('a rollback asks once, and is a release of its own', async ({ page }) => {
  await openAs(page, ENGINEER, DEPLOYMENTS);
  const staging = environment(page, 'Staging');
  await expect(staging.version).toBeVisible();
  const from = (await staging.version.textContent())!;
  const to = VERSIONS.find(version => version !== from)!;

  await staging.rollback.click();
  const dialog = page.getByRole('dialog', { name: 'Roll back staging?' });
  await expect(dialog).toContainText(`go back from ${from} to ${to}`);
  await expect(dialog).toContainText('It does not restore');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(staging.version).toHaveText(from);

  await staging.rollback.click();
  await dialog.getByRole('button', { name: `Roll back to ${to}` }).click();
  await expect(staging.version).toHaveText(to);
  const newest = page.getByRole('row').filter({ hasText: /^#\d+/ }).first();
  await expect(newest).toContainText('Rollback');
  await newest.getByRole('button', { name: /details$/ }).click();
  const details = page.getByRole('dialog', {
    name: /^Release #\d+ to staging/,
  });
  await expect(details.getByText('Succeeded').first()).toBeVisible();
  await expect(details.getByRole('listitem')).not.toHaveCount(0);
});

test('the keyboard alone is enough to deploy', async ({ page }) => {
  await openAs(page, ENGINEER, DEPLOYMENTS);
  const staging = environment(page, 'Staging');
  const from = (await staging.version.textContent())!;
  const to = VERSIONS.find(version => version !== from)!;

  await expect(staging.deploy).not.toHaveAttribute('aria-disabled', 'true');
  await staging.deploy.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Deploy / });
  await dialog.getByRole('button', { name: /Version/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: new RegExp(`^${to}`) }).waitFor();
  await page.keyboard.type(to);
  await page.keyboard.press('Enter');
  const submit = dialog.getByRole('button', {
    name: `Deploy ${to} to staging`,
  });
  // Signature and evaluation are looked up first.
  await expect(submit).not.toHaveAttribute('aria-disabled', 'true');
  await submit.focus();
  await page.keyboard.press('Enter');
  await expect(staging.version).toHaveText(to);
});
