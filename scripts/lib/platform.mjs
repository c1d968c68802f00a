import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildChanged } from './build.mjs';
import { checkDiskSpace } from './diskSpace.mjs';
import { ensureInstalled } from './install.mjs';
import * as paths from './paths.mjs';
import { writePlatformConfig } from './platformConfig.mjs';
import { checkPorts, readPorts } from './ports.mjs';
import { RunFile } from './RunFile.mjs';
import { abortSteps } from './run.mjs';
import { ensureSecrets, writePrivate } from './secrets.mjs';
import { seedExamples } from './seed.mjs';
import { signInCommand } from './signIn/people.mjs';
import { PlatformServices } from './services.mjs';
import { printSummary } from './summary.mjs';
import { ensureMkdocs, renderDocs } from './techdocs.mjs';
import { bold, say, warn } from './terminal.mjs';
import { ensureToolchain } from './toolchain.mjs';

/**
 * Sets up what is missing, starts everything and stays until it is told to
 * stop. Resolves to the exit code.
 */
export async function startPlatform() {
  const startedAt = Date.now();
  const dataDir = paths.dataDir();
  const ports = readPorts();
  const host = process.env.ML_HOST || '127.0.0.1';
  const runFile = new RunFile(dataDir);
  const stop = new AbortController();
  const state = { services: undefined, ready: false };

  const stopped = onStopSignal(stop, () => state.services);
  say(bold('ML Platform'));
  const leftOver = await runFile.acquire({
    url: `http://localhost:${ports.portal}`,
    ports,
  });
  if (leftOver.length) {
    warn(`Ended what a killed start had left behind: ${leftOver.join(', ')}`);
  }
  try {
    await checkPorts(ports);
    checkDiskSpace({ folder: dataDir, megabytes: 200, reason: 'the platform' });
    const context = { dataDir, ports, host, runFile, signal: stop.signal };
    await Promise.race([
      bringUp(context, state).then(() => {
        const seeded = process.env.ML_SEED !== 'none';
        const { identity } = state;
        printSummary({ ports, dataDir, startedAt, seeded, identity });
        state.ready = true;
      }),
      stopped,
    ]);
    await stopped;
    // Asked to stop what runs, and it stopped: a success.
    return state.ready ? 0 : 130;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    abortSteps();
    await state.services?.stop();
    runFile.release();
    if (stop.signal.aborted) say('Stopped.');
  }
}

async function bringUp(context, state) {
  const { dataDir, ports, signal } = context;
  const logs = path.join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const logFile = path.join(logs, 'setup.log');
  rmSync(logFile, { force: true });
  const secrets = ensureSecrets({ dataDir });
  writePrivate(path.join(dataDir, 'config.json'), {
    url: `http://localhost:${ports.portal}`,
  });

  const docsLog = path.join(logs, 'docs-setup.log');
  const docs = ensureMkdocs({ logFile: docsLog })
    .then(mkdocs =>
      renderDocs({ dataDir, mkdocs, logFile: docsLog, env: process.env }),
    )
    .catch(error => error.message);
  const toolchain = await ensureToolchain({ logFile });
  await ensureInstalled({ toolchain, logFile });
  await buildChanged({ toolchain, env: secrets, logFile });
  const missing = await docs;
  if (missing) warn(`The documentation will not be rendered: ${missing}`);
  signal.throwIfAborted();

  const config = writePlatformConfig(context);
  const started = { ...context, toolchain, secrets, config };
  state.services = new PlatformServices(started);
  await state.services.start();
  signal.throwIfAborted();
  if (process.env.ML_SEED !== 'none') await seedExamples(started);
  state.identity = await signInCommand(started);
}

/** Resolves at the first stop signal; a second one does not wait for anything. */
function onStopSignal(stop, services) {
  return new Promise(resolve => {
    const onSignal = signal => {
      if (stop.signal.aborted) {
        say('Stopping at once.');
        services()?.stop({ graceMs: 0 });
        return;
      }
      say();
      say(`Stopping (${signal}) …`);
      stop.abort();
      abortSteps();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => onSignal(signal));
    }
  });
}
