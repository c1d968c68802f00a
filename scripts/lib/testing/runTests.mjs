import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildChanged } from '../build.mjs';
import { FriendlyError } from '../FriendlyError.mjs';
import { ensureInstalled } from '../install.mjs';
import { root } from '../paths.mjs';
import { abortSteps } from '../run.mjs';
import { bold, done, duration, fail, say } from '../terminal.mjs';
import { ensureToolchain } from '../toolchain.mjs';
import { printResults } from './results.mjs';
import { STAGES, STEPS } from './steps.mjs';
import { SYSTEM_TOOLS } from './systemTools.mjs';

/** Tokens for builds and configuration checks; nothing is protected by them. */
const TEST_SECRETS = {
  ML_SERVING_TOKEN: 'test-serving-token',
  ML_CONTROL_TOKEN: 'test-control-token',
  ML_IDENTITY_SECRET: 'test-identity-secret',
  ML_SESSION_KEY: 'test-session-key',
  ML_WEBHOOKS_KEY: 'test-webhooks-key',
  // 32 bytes as base64url.
  ML_EVALUATION_KEY: Buffer.alloc(32, 7).toString('base64url'),
};

/** Runs all steps, or the named ones, to the end. Resolves to the exit code. */
export async function runTests({ only }) {
  const steps = select(only);
  const resultsDir = path.join(root, 'test-results');
  mkdirSync(resultsDir, { recursive: true });
  const logOf = name => path.join(resultsDir, `${name}.log`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      abortSteps();
      process.exit(130);
    });
  }

  say(bold('ML Platform: all checks and tests'));
  const shared = { resultsDir, secrets: TEST_SECRETS };
  const results = [];
  const setUp = await attempt(
    'setup',
    'Toolchain, dependencies, builds',
    async () => {
      const logFile = fresh(logOf('setup'));
      shared.toolchain = await ensureToolchain({ logFile });
      await ensureInstalled({ toolchain: shared.toolchain, logFile });
      await buildChanged({
        toolchain: shared.toolchain,
        env: TEST_SECRETS,
        logFile,
      });
    },
  );
  results.push(setUp);
  if (setUp.failed) {
    for (const { name, title } of steps) {
      results.push({
        name,
        title,
        passed: 0,
        failed: 1,
        note: 'not run: no set-up',
      });
    }
    return printResults(results);
  }

  const tools = findTools(steps, shared, fresh(logOf('tools')));
  const runOne = async step => {
    const { name, title } = step;
    say(`  ${title} …`);
    const logFile = fresh(logOf(name));
    return attempt(name, title, async () => {
      const found = {};
      for (const tool of step.needs ?? []) found[tool] = await tools[tool];
      return step.run({ ...shared, name, title, logFile, found });
    });
  };
  results.push(...(await runStages(steps, runOne)));
  return printResults(results);
}

/** @returns the results of the steps asked for, in the order of the stages */
async function runStages(steps, runOne) {
  const results = [];
  for (const lanes of STAGES) {
    const found = await Promise.all(
      lanes.map(async lane => {
        const ofLane = [];
        for (const step of lane) {
          if (steps.includes(step)) ofLane.push(await runOne(step));
        }
        return ofLane;
      }),
    );
    results.push(...found.flat());
  }
  return results;
}

function select(only) {
  if (!only) return STEPS;
  const unknown = only.filter(name => !STEPS.some(step => step.name === name));
  if (unknown.length || !only.length) {
    const names = STEPS.map(step => step.name).join(', ');
    throw new FriendlyError(
      `--only: there is no step "${unknown.join('", "')}". Steps: ${names}`,
      { exitCode: 2 },
    );
  }
  return STEPS.filter(step => only.includes(step.name));
}

/** Looks for, or installs, what later steps need while the first ones run. */
function findTools(steps, shared, logFile) {
  const tools = {};
  for (const name of new Set(steps.flatMap(step => step.needs ?? []))) {
    tools[name] = SYSTEM_TOOLS[name]({ ...shared, logFile });
    // It is reported by the step that needs it.
    tools[name].catch(() => {});
  }
  return tools;
}

/** Runs a step; whatever goes wrong becomes its result. */
async function attempt(name, title, run) {
  const started = Date.now();
  let outcome;
  try {
    outcome = (await run()) ?? { passed: 1, failed: 0 };
  } catch (error) {
    outcome = { passed: 0, failed: 1, error };
  }
  const result = { name, title, ...outcome, took: Date.now() - started };
  const took = duration(result.took);
  if (!result.failed) {
    done(`${title} (${took})`);
    return result;
  }
  const { error } = result;
  if (error?.details) say(error.details.replace(/^/gm, '    '));
  if (error && !(error instanceof FriendlyError)) say(error.stack);
  fail(`${title} (${took}): ${error?.message ?? `${result.failed} failed`}`);
  return result;
}

function fresh(logFile) {
  rmSync(logFile, { force: true });
  return logFile;
}
