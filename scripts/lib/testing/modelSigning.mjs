import path from 'node:path';
import { root, toolsDir } from '../paths.mjs';
import { installWithPip } from '../pip.mjs';
import { hashInputs } from '../stamps.mjs';

const REQUIREMENTS = 'packages/attestations/clients/requirements.txt';

/**
 * Installs the reference implementation of OpenSSF Model Signing, once, into
 * `.tools`.
 * @returns {Promise<string>} the Python that has it
 */
export async function ensureModelSigning({ toolchain, logFile }) {
  const bin = await installWithPip({
    folder: path.join(toolsDir, 'model-signing-venv'),
    args: ['-r', path.join(root, REQUIREMENTS)],
    hash: hashInputs([REQUIREMENTS]),
    program: 'python',
    logFile,
    env: toolchain.env,
  });
  return path.join(bin, 'python');
}
