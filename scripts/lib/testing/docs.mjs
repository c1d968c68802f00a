import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FriendlyError } from '../FriendlyError.mjs';
import { root } from '../paths.mjs';
import { runStep } from '../run.mjs';
import { ensureMkdocs } from '../techdocs.mjs';

/** Renders the documentation; a broken link or a page left out is an error. */
export async function buildDocs({ toolchain, title, name, logFile }) {
  const mkdocs = await ensureMkdocs({ logFile, env: toolchain.env });
  if (mkdocs.missing) {
    throw new FriendlyError(
      `The documentation cannot be checked: ${mkdocs.missing} ` +
        'It needs Python 3 with venv (apt-get install python3-venv).',
    );
  }
  const output = mkdtempSync(path.join(os.tmpdir(), 'ml-platform-docs-'));
  try {
    await runStep({
      title,
      label: name,
      command: path.join(mkdocs.bin, 'mkdocs'),
      args: ['build', '--strict', '--site-dir', output],
      cwd: root,
      env: toolchain.env,
      logFile,
      show: 'progress',
    });
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}
