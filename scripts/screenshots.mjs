// Takes the screenshots of the documentation from a running platform:
//
//   node scripts/screenshots.mjs
//
// PLAYWRIGHT_URL names another platform than http://localhost:7007, and
// PLAYWRIGHT_CHROMIUM_PATH another browser than Playwright's own. It registers
// wine-classifier 1.1.0 and deploys it to staging, so that there is something
// to see.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readPorts } from './lib/ports.mjs';

const { chromium } = createRequire(import.meta.url)('@playwright/test');

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'docs/images');
const baseURL = process.env.PLAYWRIGHT_URL ?? 'http://localhost:7007';
const MOST_BYTES = 300_000;
const MODEL = '/catalog/default/model/wine-classifier';

const SHOTS = [
  {
    file: 'models.png',
    address: '/ml',
    ready: page => page.getByRole('row', { name: /wine-classifier/ }),
    height: 610,
  },
  {
    file: 'models-dark.png',
    theme: 'dark',
    address: '/ml',
    ready: page => page.getByRole('row', { name: /wine-classifier/ }),
    height: 610,
  },
  {
    file: 'model-overview.png',
    address: MODEL,
    ready: page => page.getByRole('heading', { name: 'Where it fails' }),
  },
  {
    file: 'versions.png',
    address: `${MODEL}/versions`,
    ready: page => page.getByRole('row', { name: /1\.1\.0/ }),
    height: 610,
  },
  {
    file: 'deployments.png',
    address: `${MODEL}/deployments`,
    ready: page => page.getByRole('row').filter({ hasText: 'Succeeded' }),
  },
  {
    file: 'releases.png',
    address: '/ml/releases',
    ready: page => page.getByRole('button', { name: /^Promote wine/ }),
    height: 560,
  },
  {
    file: 'call-it.png',
    address: MODEL,
    prepare: page => scrollTo(page, 'Call it'),
    ready: page => page.getByRole('button', { name: 'Send' }),
  },
  {
    file: 'change-policy.png',
    person: 'Olga Petrov',
    address: '/ml/policies',
    prepare: addStep,
    ready: page => page.getByText(/^Steps: /),
  },
  {
    file: 'access-review.png',
    person: 'Olga Petrov',
    address: '/ml/access?view=review',
    ready: page => page.getByRole('row', { name: /Mei Tanaka/ }),
    height: 760,
  },
  {
    file: 'deploy-dialog.png',
    address: `${MODEL}/deployments`,
    prepare: openDeployDialog,
    ready: page => page.getByText('What will happen'),
  },
];

async function scrollTo(page, heading) {
  await page
    .getByText(heading, { exact: true })
    .first()
    .evaluate(element => element.scrollIntoView());
}

async function addStep(page) {
  await page.getByRole('button', { name: 'Change Canary' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add a step' }).click();
  await dialog.getByRole('heading', { name: 'Steps', exact: true }).waitFor();
}

async function openDeployDialog(page) {
  await page
    .getByRole('button', { name: 'Deploy to production', exact: true })
    .click();
  const dialog = page.getByRole('dialog', { name: /^Deploy / });
  await dialog.getByRole('button', { name: /Version/ }).click();
  await page.getByRole('option', { name: /^1\.1\.0/ }).click();
  await dialog
    .getByRole('textbox', { name: 'Reason' })
    .fill('Better on cultivar 1, as seen in staging');
}

/** The second version, live in staging; done already, it is no change. */
function prepareModels() {
  const ml = (...args) =>
    execFileSync(
      process.execPath,
      [path.join(root, 'packages/cli/bin/ml'), ...args],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
  ml('register', 'examples/wine-classifier-next');
  const { data } = JSON.parse(
    ml('models', 'show', 'wine-classifier', '--json'),
  );
  const staging = data.deployments.find(
    ({ environment }) => environment === 'staging',
  );
  if (staging?.version !== '1.1.0') {
    const reason = 'Try the random forest';
    ml(
      'deploy',
      'wine-classifier@1.1.0',
      '--env',
      'staging',
      '--reason',
      reason,
    );
  }
}

/**
 * The ports and folders of the documentation, whatever those of the platform
 * that the pictures are of.
 */
async function useUsualNames(page) {
  const used = Object.entries(readPorts());
  const usual = readPorts({});
  const folder = process.env.ML_DATA_DIR ?? '.ml';
  const names = [
    [`${path.resolve(root, folder)}/`, '.ml/'],
    ...used.map(([key, port]) => [
      `localhost:${port}`,
      `localhost:${usual[key]}`,
    ]),
  ];
  await page.evaluate(pairs => {
    const texts = document.createTreeWalker(document.body, 4);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      for (const [from, to] of pairs) {
        if (node.data.includes(from))
          node.data = node.data.replaceAll(from, to);
      }
    }
  }, names);
}

async function take(browser, shot) {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1440, height: shot.height ?? 900 },
    locale: 'en',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  await context.addInitScript(
    theme => localStorage.setItem('theme', theme),
    shot.theme ?? 'light',
  );
  const page = await context.newPage();
  await page.goto(shot.address);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: shot.person ?? 'Mei Tanaka' }).click();
  await shot.prepare?.(page);
  await shot.ready(page).first().waitFor();
  await page.waitForLoadState('networkidle');
  // Nothing under the pointer, nothing in the middle of a transition.
  await page.mouse.move(0, 0);
  await useUsualNames(page);
  const file = path.join(folder, shot.file);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  await context.close();
  const { size } = statSync(file);
  console.log(`${path.relative(root, file)}  ${Math.ceil(size / 1000)} kB`);
  return size <= MOST_BYTES;
}

mkdirSync(folder, { recursive: true });
prepareModels();
const browser = await chromium.launch({
  executablePath:
    process.env.PLAYWRIGHT_CHROMIUM_PATH ?? process.env.PLAYWRIGHT_CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
});
try {
  for (const shot of SHOTS) {
    if (!(await take(browser, shot))) {
      console.error(`${shot.file} is larger than ${MOST_BYTES / 1000} kB`);
      process.exitCode = 1;
    }
  }
} finally {
  await browser.close();
}
