import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * The example models: folders below `examples/` that are named like the model
 * in them. Others, such as the next version of one, are for trying things out.
 */
export function readExamples() {
  const folder = path.join(root, 'examples');
  return readdirSync(folder)
    .filter(name => existsSync(path.join(folder, name, 'model.yaml')))
    .sort()
    .map(name => ({
      directory: `examples/${name}`,
      folder: name,
      ...readValues(path.join(folder, name, 'model.yaml')),
    }))
    .filter(example => example.name === example.folder);
}

/** The top-level values that are needed here; `ml` reads the file in full. */
function readValues(file) {
  const text = readFileSync(file, 'utf8');
  const value = key =>
    text.match(new RegExp(`^${key}:\\s*['"]?([^'"\\s#]+)`, 'm'))?.[1];
  return {
    name: value('name'),
    version: value('version'),
    owner: value('owner'),
  };
}
