import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { mlAsAdmin, test } from './support';

test('somebody signs in, out, and in again as somebody else', async ({
  page,
}) => {
  await page.goto('/settings');
  const button = page.getByRole('button', { name: 'Sign in' });
  await expect(button).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await button.click();
  await expect(
    page.getByRole('heading', { name: 'Who are you?' }),
  ).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: 'Hana Novak' }).click();
  await expect(page.getByText('Hana Novak').first()).toBeVisible();

  // A reload keeps the session.
  await page.reload();
  await expect(page.getByText('Hana Novak').first()).toBeVisible();

  await page.getByTestId('user-settings-menu').click();
  await page.getByTestId('sign-out').click();
  await button.click();
  await page.getByRole('button', { name: 'Sam Okafor' }).click();
  await expect(
    page.getByRole('link', { name: 'Models' }).first(),
  ).toBeVisible();
  await page.goto('/settings');
  await expect(page.getByText('Sam Okafor').first()).toBeVisible();

  const found = await mlAsAdmin(
    ...['audit', 'search', '--action', 'session.sign-out'],
    ...['--actor', 'user:default/hana', '--json'],
  );
  expect(JSON.parse(found).items[0]).toMatchObject({ outcome: 'succeeded' });
});

test('says why somebody could not be signed in, and lets them try again', async ({
  page,
}) => {
  const error = 'eve@example.com is not in the catalog';
  await page.goto(`/?error=${encodeURIComponent(error)}`);
  await expect(page.getByRole('alert')).toContainText(error);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Vera Lindqvist' }).click();
  await expect(
    page.getByRole('link', { name: 'Models' }).first(),
  ).toBeVisible();
});
