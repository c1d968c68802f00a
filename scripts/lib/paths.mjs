import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts belong to. */
export const root = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../..',
);

/** Node, Yarn and mkdocs for this checkout alone; shared by all data folders. */
export const toolsDir = path.join(root, '.tools');

/** Where stamps of finished work live: gone together with node_modules. */
export const stampsDir = path.join(root, 'node_modules/.cache/ml-platform');

/** Everything that a running platform writes. */
export function dataDir(env = process.env) {
  return path.resolve(root, env.ML_DATA_DIR || '.ml');
}

/** A path as a person in the checkout would write it. */
export function display(file) {
  const relative = path.relative(root, file);
  return relative.startsWith('..') ? file : relative || '.';
}
