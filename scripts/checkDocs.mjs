// `node scripts/checkDocs.mjs`: paths named in the documentation exist, and
// every page is in the navigation.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FriendlyError } from './lib/FriendlyError.mjs';
import { main } from './lib/main.mjs';
import { root } from './lib/paths.mjs';
import { done } from './lib/terminal.mjs';

/** Pages whose paths in back-ticks are promises. */
const PAGES = ['docs/source-map.md', 'CONTRIBUTING.md', 'examples/README.md'];
const TOP_LEVEL =
  /^(\.ci|benchmarks|docs|examples|packages|plugins|scripts|templates)\//;

main(async () => {
  const problems = [...PAGES.flatMap(findMissing), ...findOmitted()];
  if (problems.length) {
    throw new FriendlyError(`${problems.length} to correct in the docs`, {
      details: problems.join('\n'),
    });
  }
  done('The paths in the documentation exist, and each page can be found');
});

function findMissing(page) {
  const text = readFileSync(path.join(root, page), 'utf8');
  const names = [...text.matchAll(/`([^`\s]+)`/g)].map(match => match[1]);
  return [...new Set(names)]
    .filter(name => TOP_LEVEL.test(name))
    .map(name => name.replace(/\*.*$/, ''))
    .filter(name => !existsSync(path.join(root, name)))
    .map(name => `${page}: there is no ${name}`);
}

function findOmitted() {
  const config = readFileSync(path.join(root, 'mkdocs.yml'), 'utf8');
  return readdirSync(path.join(root, 'docs'), { recursive: true })
    .filter(file => file.endsWith('.md'))
    .filter(file => !config.includes(` ${file.split(path.sep).join('/')}\n`))
    .map(file => `mkdocs.yml: the navigation lacks ${file}`);
}
