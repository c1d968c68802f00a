import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { docsUnavailablePage } from './docsUnavailablePage.mjs';
import { display, root, toolsDir } from './paths.mjs';
import { installWithPip } from './pip.mjs';
import { runStep } from './run.mjs';
import { hashInputs, isFresh, writeStamp } from './stamps.mjs';

const venv = path.join(toolsDir, 'techdocs-venv');
const REQUIREMENTS = 'docs/requirements.txt';
/** Where TechDocs looks for the pages of the entity in catalog-info.yaml. */
const SITE = 'techdocs/default/component/ml-platform';

/**
 * Installs mkdocs, once, into a virtual environment of this checkout.
 * @returns {Promise<{ bin?: string, missing?: string }>} the folder that holds
 *   `mkdocs`, or why there is none
 */
export async function ensureMkdocs({ logFile, env = process.env }) {
  try {
    const bin = await installWithPip({
      folder: venv,
      args: ['-r', path.join(root, REQUIREMENTS)],
      hash: hashInputs([REQUIREMENTS]),
      program: 'mkdocs',
      logFile,
      env,
    });
    return { bin };
  } catch (error) {
    return {
      missing: `mkdocs could not be installed (log: ${display(logFile)}). ${
        error.message
      }`,
    };
  }
}

/**
 * Renders the documentation for the portal, when it has changed. We do this
 * rather than TechDocs itself, which would look through the whole checkout and
 * write `mkdocs.yml` anew on each visit. Without mkdocs, the page says why.
 * @returns {Promise<string | undefined>} what is missing
 */
export async function renderDocs({ dataDir, mkdocs, logFile, env }) {
  const site = path.join(dataDir, SITE);
  const state = path.join(dataDir, 'techdocs-state');
  const hash = hashInputs(['docs', 'mkdocs.yml'], mkdocs.missing);
  if (isFresh(state, hash) && existsSync(site)) return mkdocs.missing;

  const fresh = `${site}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(path.dirname(fresh), { recursive: true });
  let { missing } = mkdocs;
  try {
    if (!missing) await buildSite({ mkdocs, output: fresh, logFile, env });
  } catch (error) {
    missing = error.message;
  }
  if (missing) {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    writeFileSync(path.join(fresh, 'index.html'), docsUnavailablePage(missing));
  }
  writeMetadata(path.join(fresh, 'techdocs_metadata.json'));
  rmSync(site, { recursive: true, force: true });
  renameSync(fresh, site);
  // A failed build is tried again by the next start.
  if (missing === mkdocs.missing) writeStamp(state, hash);
  return missing;
}

async function buildSite({ mkdocs, output, logFile, env }) {
  await runStep({
    title: 'Render the documentation',
    command: path.join(mkdocs.bin, 'mkdocs'),
    args: ['build', '--site-dir', output],
    cwd: root,
    env,
    logFile,
    show: 'nothing',
  });
}

/** Adds what TechDocs' own generator adds to what `techdocs-core` writes. */
function writeMetadata(file) {
  const metadata = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { site_name: 'ML Platform', site_description: 'Not available' };
  metadata.build_timestamp = Date.now();
  writeFileSync(file, `${JSON.stringify(metadata)}\n`);
}
