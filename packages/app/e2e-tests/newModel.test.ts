import { expect } from '@playwright/test';
import { ENGINEER, openAs, test } from './support';

test('a new model starts in the wizard, and is found', async ({ page }) => {
  // Names are taken for good, and the platform may be tested again.
  const name = `rain-${Date.now().toString(36)}`;
  await openAs(page, ENGINEER, '/create/templates/default/new-model');
  const next = page.getByRole('button', { name: 'Next' });

  const nameField = page.getByRole('textbox', { name: 'Name' });
  await nameField.fill('wine-classifier');
  await expect(page.getByText(/It cannot be taken/)).toBeVisible();
  await nameField.fill(name);
  await expect(page.getByText(`'${name}' is free`)).toBeVisible();
  await page
    .getByRole('textbox', { name: 'Description' })
    .fill('Tells whether it will rain, from clouds.');
  await page.locator('#root_owner').click();
  // Models are made for one's own team.
  await page.getByRole('option', { name: /quality.team/i }).click();
  await next.click();

  await expect(page.getByText('The column that it tells.')).toBeVisible();
  await next.click();
  await expect(page.getByText('Who is it made for?').first()).toBeVisible();
  await next.click();
  await expect(
    page.getByRole('radio', { name: 'In the folder of this portal' }),
  ).toBeChecked();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();

  await expect(page.getByText('Open the model')).toBeVisible({
    timeout: 45_000,
  });
  await expect(page.getByText(/git clone file:/).first()).toBeVisible();

  // Among models only: the documentation has many words that sound like it.
  await page.goto(`/search?query=${name}&types[]=ml-model`);
  await expect(async () => {
    await page.reload();
    await expect(
      page.getByRole('link', { name: new RegExp(name) }).first(),
    ).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 45_000 });
});

test('a file of a version is read in the portal, and downloaded', async ({
  page,
}) => {
  await openAs(
    page,
    ENGINEER,
    '/catalog/default/model/wine-classifier/versions?version=1.0.0',
  );
  await page.getByRole('button', { name: 'Show model.yaml' }).click();
  await expect(page.getByRole('region', { name: 'model.yaml' })).toContainText(
    'name: wine-classifier',
  );
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download model.onnx' }).click();
  expect((await download).suggestedFilename()).toBe('model.onnx');
  expect(await (await download).failure()).toBeNull();
});
