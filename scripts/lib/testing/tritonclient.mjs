import path from 'node:path';
import { root, toolsDir } from '../paths.mjs';
import { installWithPip } from '../pip.mjs';
import { hashInputs } from '../stamps.mjs';

const REQUIREMENTS = 'packages/inference-server/clients/requirements.txt';

/**
 * Installs the Python clients that the inference server is tested with, once,
 * into `.tools`.
 * @returns {Promise<string>} the Python that has them
 */
export async function ensureTritonclient({ toolchain, logFile }) {
  const bin = await installWithPip({
    folder: path.join(toolsDir, 'tritonclient-venv'),
    args: ['-r', path.join(root, REQUIREMENTS)],
    hash: hashInputs([REQUIREMENTS]),
    program: 'python',
    logFile,
    env: toolchain.env,
  });
  return path.join(bin, 'python');
}
