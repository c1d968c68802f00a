import { expect } from '@playwright/test';
import { ADMIN, ENGINEER, MODEL_PAGE, openAs, test } from './support';

test('an engineer signs in, and sees first what is live where', async ({
  page,
}) => {
  await openAs(page, ENGINEER);
  await expect(page).toHaveURL(/\/ml$/);
  await expect(page).toHaveTitle(/ML Platform/);
  const row = page.getByRole('row', { name: /wine-classifier/ });
  await expect(row.getByText('Healthy')).toHaveCount(2);
  await expect(row).toContainText(/\d+\.\d+\.\d+/);
  // It is another team's.
  await expect(page.getByRole('row', { name: /diabetes-risk/ })).toHaveCount(0);
  const summary = page.getByRole('list', { name: 'Summary' });
  await expect(summary).toContainText(/1\s*Live in production/);
});

test('search is in the address and survives a reload', async ({ page }) => {
  await openAs(page, ADMIN);
  const wine = page.getByRole('row', { name: /wine-classifier/ });
  const diabetes = page.getByRole('row', { name: /diabetes-risk/ });
  await expect(wine).toBeVisible();

  await page.getByRole('searchbox', { name: 'Search models' }).fill('diabetes');
  await expect(page).toHaveURL(/q=diabetes/);
  await expect(diabetes).toBeVisible();
  await expect(wine).toBeHidden();

  await page.reload();
  await expect(diabetes).toBeVisible();
  await expect(wine).toBeHidden();

  await page.getByRole('searchbox').fill('no such thing');
  await expect(page.getByText('No model matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(wine).toBeVisible();
});

test('a model says what it is and how to call it', async ({ page }) => {
  await openAs(page, ENGINEER);
  await page.getByRole('link', { name: 'wine-classifier' }).click();
  await expect(page).toHaveURL(new RegExp(`${MODEL_PAGE}$`));
  await expect(page.getByRole('region', { name: 'request' })).toContainText(
    /curl -sS .*\/v2\/models\/wine-classifier\/versions\/1\/infer/,
  );
  await expect(
    page.getByRole('heading', { name: 'Where it fails' }),
  ).toBeVisible();

  await page.getByRole('link', { name: 'Versions', exact: true }).click();
  await page.getByRole('button', { name: 'Details of 1.0.0' }).click();
  const details = page.getByRole('dialog', { name: 'Version 1.0.0' });
  await expect(details.getByText('model.onnx')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
});

test('the documentation renders inside the portal', async ({ page }) => {
  await openAs(page, ENGINEER, '/docs/default/component/ml-platform');
  await expect(
    page.getByRole('heading', { level: 1, name: /ML Platform/ }).first(),
  ).toBeVisible({ timeout: 45_000 });
});
