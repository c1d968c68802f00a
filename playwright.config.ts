import { defineConfig } from '@playwright/test';

/**
 * Browser tests against a running platform: `npm test -- --only browser` starts
 * one for them, PLAYWRIGHT_URL names another. They deploy and roll back, so
 * they run one after the other, and nothing is tried twice.
 */
export default defineConfig({
  testDir: 'packages/app/e2e-tests',
  testMatch: '*.test.ts',
  outputDir: 'node_modules/.cache/e2e-test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  workers: 1,
  retries: 0,
  reporter: 'list',
  use: {
    baseURL: process.env.PLAYWRIGHT_URL ?? 'http://localhost:7007',
    actionTimeout: 15_000,
    viewport: { width: 1440, height: 900 },
    // For failures in CI, where nobody can look.
    screenshot: 'only-on-failure',
    launchOptions: {
      // Playwright's own browser unless there is another.
      executablePath:
        process.env.PLAYWRIGHT_CHROMIUM_PATH ?? process.env.PLAYWRIGHT_CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
