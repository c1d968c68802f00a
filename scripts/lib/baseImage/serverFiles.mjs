import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { root } from '../paths.mjs';
import { fileEntry } from './entries.mjs';

const PACKAGE = path.join(root, 'packages/inference-server');

/**
 * The inference server, built anew, and ONNX Runtime for the CPU of this machine.
 * @returns {Array<{ entry: object, source: string }>} `source` is the file of this machine
 */
export function serverFiles({ node, scratch, prefix }) {
  const dist = path.join(scratch, 'dist');
  execFileSync(node, [path.join(PACKAGE, 'build.mjs'), dist], {
    stdio: 'inherit',
  });
  const file = (target, source, mode) => ({
    source,
    entry: fileEntry(`${prefix}/${target}`, source, mode),
  });
  const bin = 'bin/ml-inference-server';
  return [
    file(bin, path.join(PACKAGE, bin), 0o755),
    ...['server.cjs', 'worker.cjs'].map(name =>
      file(`dist/${name}`, path.join(dist, name)),
    ),
    ...['LICENSE', 'NOTICE'].map(name => file(name, path.join(root, name))),
    ...onnxRuntime().map(({ target, source }) =>
      file(`node_modules/${target}`, source),
    ),
  ];
}

function onnxRuntime() {
  const require = createRequire(path.join(PACKAGE, 'package.json'));
  const folderOf = (name, from = require) => {
    const found = from.resolve
      .paths(name)
      .map(folder => path.join(folder, name))
      .find(folder => readable(folder));
    return found ?? path.dirname(from.resolve(`${name}/package.json`));
  };
  const runtime = folderOf('onnxruntime-node');
  const common = folderOf(
    'onnxruntime-common',
    createRequire(path.join(runtime, 'package.json')),
  );
  const binaries = `bin/napi-v6/${process.platform}/${process.arch}`;
  const pick = (name, folder, parts) =>
    parts.flatMap(part =>
      listFiles(path.join(folder, part)).map(source => ({
        target: path.posix.join(name, path.relative(folder, source)),
        source,
      })),
    );
  return [
    ...pick('onnxruntime-node', runtime, [
      'package.json',
      'README.md',
      'dist',
      binaries,
    ]),
    ...pick('onnxruntime-common', common, [
      'package.json',
      'README.md',
      'dist/cjs',
    ]),
  ].filter(({ source }) => !/\.(map|d\.ts)$/.test(source));
}

function readable(folder) {
  try {
    return readdirSync(folder).includes('package.json');
  } catch {
    return false;
  }
}

function listFiles(place) {
  try {
    return readdirSync(place, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => path.join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error.code === 'ENOTDIR') return [place];
    throw error;
  }
}
