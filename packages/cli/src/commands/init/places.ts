import { realpath } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { isIgnored } from '@ml-platform/packaging';
import { usageError } from '../parseRef';
import { isThere } from './placeFiles';

/** The name of a file, made fit for a model: `Fraud Model_v2.onnx` is `fraud-model-v2`. */
export function nameOf(file: string): string {
  const name = basename(file, extname(file))
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  if (name) return name;
  throw usageError(
    `No name for a model can be made of '${basename(file)}'`,
    'Name it with --name.',
  );
}

/** The path of a file inside a directory, where a package finds it there. */
export async function pathInside(
  file: string,
  directory: string,
): Promise<string | undefined> {
  const root = await realpath(directory).catch(() => undefined);
  if (!root) return undefined;
  const parts = relative(root, await realpath(file)).split(sep);
  const isInside =
    parts[0] !== '..' && !parts.some(part => isIgnored(part) || !part);
  return isInside ? parts.join('/') : undefined;
}

/** Refuses to replace files. */
export function expectAbsent(directory: string, paths: readonly string[]) {
  const there = paths.filter(path => isThere(join(directory, path)));
  if (!there.length) return;
  throw new CliError({
    code: 'FILES_EXIST',
    exitCode: ExitCode.conflict,
    message: `${directory} has ${there.join(
      ', ',
    )} already; nothing was written`,
    hint: 'Name another directory, or replace them with --force.',
  });
}

/** Where a package is made, and the name of its model. */
export function placeOf(
  source: string | undefined,
  directory: string | undefined,
  { name, command }: { name?: string; command?: string },
): { directory: string; name: string; isInPlace: boolean } {
  // The files of a server that is started by a command stay where they are.
  const isInPlace = command !== undefined && !directory && !isUrl(source);
  if (isInPlace && source) {
    return { directory: source, name: name ?? nameOf(source), isInPlace };
  }
  const made =
    name ??
    (source && !isUrl(source) ? nameOf(source) : servedName(source)) ??
    (directory && nameOf(directory));
  if (!made) {
    throw usageError(
      'Nothing says what the model is called',
      'Name it with --name.',
    );
  }
  return { directory: directory ?? made, name: made, isInPlace: false };
}

/** Whether something is the address of a server. */
export function isUrl(source: string | undefined): source is string {
  return source !== undefined && /^https?:\/\//.test(source);
}

function servedName(url: string | undefined): string | undefined {
  const name = /\/v2\/models\/([^/?#]+)/.exec(url ?? '')?.[1];
  return name && nameOf(decodeURIComponent(name));
}
