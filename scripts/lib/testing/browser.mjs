import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../paths.mjs';
import { runStep } from '../run.mjs';
import { launchPlatform } from './launchPlatform.mjs';

/** Playwright against a platform that is started for it alone. */
export async function runBrowserTests(context) {
  const { toolchain, title, name, logFile, resultsDir, found } = context;
  return withPlatform(context, async platformEnv => {
    const report = path.join(resultsDir, 'browser.json');
    rmSync(report, { force: true });
    const failure = await runStep({
      title,
      label: name,
      command: toolchain.node,
      args: [
        path.join(root, 'node_modules/@playwright/test/cli.js'),
        'test',
        '--reporter=list,json',
      ],
      cwd: root,
      env: {
        ...toolchain.env,
        ...platformEnv,
        ...(found.browser ? { PLAYWRIGHT_CHROMIUM_PATH: found.browser } : {}),
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        CI: 'true',
      },
      logFile,
      show: 'progress',
    }).catch(error => error);
    const counts = readCounts(report);
    if (!counts) throw failure ?? new Error('Playwright wrote no report.');
    if (failure && counts.failed === 0) counts.failed = 1;
    return { ...counts, error: failure };
  });
}

function readCounts(file) {
  try {
    const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'));
    return {
      // A test that passed when tried again passed, but it is told.
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected + errors.length,
      skipped: stats.skipped,
      flaky: stats.flaky,
    };
  } catch {
    return undefined;
  }
}

async function withPlatform({ toolchain }, run) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'ml-platform-browser-'));
  try {
    const platform = await launchPlatform({
      checkout: root,
      dataDir,
      env: toolchain.env,
    });
    try {
      return await run({ ...platform.env, PLAYWRIGHT_URL: platform.url });
    } finally {
      await platform.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
