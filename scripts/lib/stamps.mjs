import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

const IGNORED = new Set([
  'node_modules',
  'dist',
  'dist-types',
  'coverage',
  'e2e-tests',
  'e2e-test-report',
  'README.md',
  'report.api.md',
]);

/** Hash of the contents of files and folders below the checkout. */
export function hashInputs(inputs, extra = '') {
  const hash = createHash('sha256').update(extra);
  const visit = file => {
    const info = lstatSync(file, { throwIfNoEntry: false });
    if (info?.isDirectory()) {
      for (const name of readdirSync(file).sort()) {
        if (IGNORED.has(name) || /\.test\.[cm]?[jt]sx?$/.test(name)) continue;
        visit(path.join(file, name));
      }
    } else if (info?.isFile()) {
      hash.update(`${path.relative(root, file)}\0${info.size}\0`);
      hash.update(readFileSync(file));
    }
  };
  for (const input of inputs) visit(path.join(root, input));
  return hash.digest('hex');
}

/** Whether the work that the stamp stands for was last done for this hash. */
export function isFresh(file, hash) {
  try {
    return readFileSync(file, 'utf8').trim() === hash;
  } catch {
    return false;
  }
}

export function writeStamp(file, hash) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${hash}\n`);
}
