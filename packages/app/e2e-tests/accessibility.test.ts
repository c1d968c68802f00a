import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import {
  ADMIN,
  environment,
  ml,
  mlAsAdmin,
  MODEL_PAGE,
  openAs,
  test,
} from './support';

const VIEWS: Array<{
  name: string;
  address: string;
  ready: (page: Page) => Promise<void>;
}> = [
  {
    name: 'models',
    address: '/ml',
    ready: page =>
      expect(page.getByRole('row', { name: /wine-classifier/ })).toBeVisible(),
  },
  {
    name: 'model',
    address: MODEL_PAGE,
    ready: page =>
      expect(
        page.getByRole('heading', { name: 'Where it fails' }),
      ).toBeVisible(),
  },
  {
    name: 'versions',
    address: `${MODEL_PAGE}/versions`,
    ready: page =>
      expect(page.getByRole('row', { name: /1\.0\.0/ })).toBeVisible(),
  },
  {
    name: 'one version',
    address: `${MODEL_PAGE}/versions?version=1.0.0`,
    ready: page => expect(page.getByText('model.onnx')).toBeVisible(),
  },
  {
    name: 'deployments',
    address: `${MODEL_PAGE}/deployments`,
    ready: page =>
      expect(
        page.getByRole('row').filter({ hasText: 'Succeeded' }).first(),
      ).toBeVisible(),
  },
  {
    name: 'lineage',
    address: `${MODEL_PAGE}/lineage?version=1.0.0`,
    ready: page =>
      expect(
        page.getByRole('button', { name: /^Data set wine/ }),
      ).toBeVisible(),
  },
  {
    name: 'lineage as a table',
    address: `${MODEL_PAGE}/lineage?version=1.0.0&as=table`,
    ready: page =>
      expect(page.getByRole('row', { name: /trained by/ })).toBeVisible(),
  },
  {
    name: 'one data set',
    address: `${MODEL_PAGE}/lineage?version=1.0.0`,
    ready: async page => {
      await page.getByRole('button', { name: /^Data set wine/ }).click();
      await expect(page.getByRole('dialog')).toContainText(
        'Versions made with it',
      );
    },
  },
  {
    name: 'audit',
    address: '/ml/audit?action=version.register',
    ready: async page => {
      await expect(page.getByText('Newest checkpoint')).toBeVisible();
      await expect(
        page.getByRole('row', { name: /version\.register/ }).first(),
      ).toBeVisible();
    },
  },
  {
    name: 'webhooks',
    address: '/ml/webhooks',
    ready: page =>
      expect(
        page.getByRole('listitem', { name: 'https://ci.example.com/ml' }),
      ).toBeVisible(),
  },
  {
    name: 'search for versions',
    address: '/ml/versions?q=wine',
    ready: page =>
      expect(
        page.getByRole('row', { name: /wine-classifier@1\.0\.0/ }),
      ).toBeVisible(),
  },
  {
    name: 'rules',
    address: `${MODEL_PAGE}/rules`,
    ready: page =>
      expect(page.getByRole('row', { name: /1\.0\.0 stays/ })).toBeVisible(),
  },
  {
    name: 'asking for larger artifacts',
    address: `${MODEL_PAGE}/rules`,
    ready: async page => {
      await page.getByRole('button', { name: 'Ask for more…' }).click();
      await expect(page.getByRole('dialog')).toContainText('second person');
    },
  },
  {
    name: 'adding a webhook',
    address: '/ml/webhooks',
    ready: async page => {
      await page.getByRole('button', { name: 'Add a webhook' }).click();
      await expect(page.getByRole('dialog')).toContainText('release.failed');
    },
  },
  {
    name: 'board of releases',
    address: '/ml/releases',
    ready: async page => {
      await expect(
        page.getByRole('button', { name: /^Promote wine-classifier/ }),
      ).toBeVisible();
      await expect(page.getByText('Failure rate')).toBeVisible();
    },
  },
  {
    name: 'change of a policy',
    address: '/ml/policies',
    ready: async page => {
      await page.getByRole('button', { name: 'Change Roles' }).click();
      await expect(page.getByRole('dialog')).toContainText('ML engineers');
    },
  },
  {
    name: 'steps of the canary policy',
    address: '/ml/policies',
    ready: async page => {
      await page.getByRole('button', { name: 'Change Canary' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Add a step' }).click();
      await dialog
        .getByRole('group', { name: 'Step 1' })
        .getByRole('textbox', { name: 'Lasts at least' })
        .fill('soon');
      await expect(dialog.getByText(/^Enter a time with/)).toBeVisible();
    },
  },
  {
    name: 'freezes, once and each week',
    address: '/ml/policies',
    ready: async page => {
      await page.getByRole('button', { name: 'Change Freezes' }).click();
      const dialog = page.getByRole('dialog');
      for (const _ of [1, 2]) {
        await dialog.getByRole('button', { name: 'Add a freeze' }).click();
      }
      await dialog
        .getByRole('group', { name: 'Freeze 2' })
        .getByRole('radio', { name: 'Each week' })
        .click();
      await expect(
        dialog.getByText('Time zone', { exact: true }),
      ).toBeVisible();
    },
  },
  {
    name: 'months of the audit log',
    address: '/ml/audit?action=version.register',
    ready: async page => {
      await page.getByRole('button', { name: /^Months of the log/ }).click();
      await expect(
        page.getByRole('row').filter({ hasText: 'Goes on' }),
      ).toBeVisible();
    },
  },
  {
    name: 'a checked audit log',
    address: '/ml/audit?action=version.register',
    ready: async page => {
      await page.getByRole('button', { name: 'Check the whole log' }).click();
      await expect(page.getByText(/entries checked/)).toBeVisible();
    },
  },
  {
    name: 'one audit event',
    address: '/ml/audit?action=version.register',
    ready: async page => {
      await page
        .getByRole('button', { name: 'version.register: details' })
        .first()
        .click();
      await expect(page.getByRole('dialog')).toContainText('Save the proof');
    },
  },
  {
    name: 'access review',
    address: '/ml/access?view=review',
    ready: page =>
      expect(page.getByRole('row', { name: /Mei Tanaka/ })).toBeVisible(),
  },
  {
    name: 'new service account',
    address: '/ml/access?view=accounts',
    ready: async page => {
      await page.getByRole('button', { name: /^Create a service/ }).click();
      await expect(page.getByRole('dialog')).toContainText('deploy:staging');
    },
  },
  {
    name: 'promote dialog',
    address: '/ml/releases',
    ready: async page => {
      await page
        .getByRole('button', { name: /^Promote wine-classifier/ })
        .click();
      await expect(page.getByRole('dialog')).toContainText(
        'The very same bytes',
      );
    },
  },
  {
    name: 'page of a release',
    address: `${MODEL_PAGE}/deployments`,
    ready: async page => {
      const row = page.getByRole('row').filter({ hasText: /^#\d+/ }).first();
      await row.getByRole('button', { name: /details$/ }).click();
      await page.getByRole('link', { name: 'Open the release' }).click();
      await expect(page.getByText('Everything that happened')).toBeVisible();
    },
  },
  {
    name: 'deploy dialog',
    address: `${MODEL_PAGE}/deployments`,
    ready: async page => {
      await environment(page, 'Staging').deploy.click();
      await expect(page.getByRole('button', { name: /Version/ })).toBeVisible();
    },
  },
];

test.beforeAll(async () => {
  await ml('retention', 'set', 'wine-classifier', '--newest', '10');
  // Something that production does not have yet; live already, it is no change.
  await ml('register', 'examples/wine-classifier-next');
  await ml('deploy', 'wine-classifier@1.1.0', '--env', 'staging');
  const known = await mlAsAdmin('webhooks', 'list');
  if (known.includes('https://ci.example.com/ml')) return;
  await mlAsAdmin(
    'webhooks',
    'add',
    'https://ci.example.com/ml',
    '--type',
    'release.aborted',
  );
});

for (const theme of ['light', 'dark']) {
  // In one page for all views: who signs in and what is loaded is the same.
  test.describe(() => {
    const errors: Error[] = [];
    let page: Page;

    test.beforeAll(async ({ browser }) => {
      // Axe asks for a context of its own.
      const context = await browser.newContext();
      page = await context.newPage();
      page.on('pageerror', error => errors.push(error));
      // Axe measures colours, so nothing may be on its way in or out.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.addInitScript(
        value => localStorage.setItem('theme', value),
        theme,
      );
      await openAs(page, ADMIN, VIEWS[0].address);
      await VIEWS[0].ready(page);
    });
    test.afterAll(() => page.context().close());

    VIEWS.forEach(({ name, address, ready }) => {
      test(`axe finds nothing serious: ${name}, ${theme}`, async () => {
        await page.goto(address);
        await ready(page);
        await page.waitForFunction(hasSettled);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, nodes }) =>
            nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`),
          );
        expect(serious).toEqual([]);
        expect(errors.splice(0)).toEqual([]);
      });
    });
  });
}

/** No transition runs any more; animations bound to scrolling never end. */
function hasSettled() {
  return document
    .getAnimations()
    .every(
      animation =>
        animation.timeline !== document.timeline ||
        animation.effect?.getTiming().iterations === Infinity ||
        animation.playState !== 'running',
    );
}
