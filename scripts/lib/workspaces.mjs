import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** All workspace packages by name: folder (relative) and manifest. */
export function readWorkspaces() {
  const workspaces = new Map();
  for (const parent of ['packages', 'plugins']) {
    for (const name of readdirSync(path.join(root, parent)).sort()) {
      const folder = path.posix.join(parent, name);
      const file = path.join(root, folder, 'package.json');
      if (!existsSync(file)) continue;
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      workspaces.set(manifest.name, { folder, manifest });
    }
  }
  return workspaces;
}

/** Folders of a workspace and of all workspaces that it is built from. */
export function foldersOf(name, workspaces = readWorkspaces()) {
  const folders = new Set();
  const visit = current => {
    const workspace = workspaces.get(current);
    if (!workspace || folders.has(workspace.folder)) return;
    folders.add(workspace.folder);
    const { dependencies, devDependencies } = workspace.manifest;
    Object.keys({ ...dependencies, ...devDependencies }).forEach(visit);
  };
  visit(name);
  return [...folders];
}
