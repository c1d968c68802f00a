import { readFile } from 'node:fs/promises';
import type { PolicyChanges } from '@ml-platform/plugin-ml-common';
import { usageError } from '../parseRef';
import { checkKey } from './checkKey';

/** Policies of a file, and the version that it was made from. */
export interface PolicyFile {
  version?: number;
  changes: PolicyChanges;
}

/** Reads what `ml policy show` prints, in each of its formats. */
export async function readPolicyFile(path: string): Promise<PolicyFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw usageError(`${path} is no YAML: ${(error as Error).message}`);
  }
  const printed = document as {
    kind?: string;
    data?: { version?: number; values?: object };
  } | null;
  const { version, ...changes }: Record<string, unknown> =
    printed?.kind === 'Policy' && printed.data
      ? { version: printed.data.version, ...printed.data.values }
      : isObject(document)
      ? document
      : {};
  const keys = Object.keys(changes);
  if (!keys.length) {
    throw usageError(
      `${path} names no policy`,
      'Begin with what holds: ml policy show > policy.yaml',
    );
  }
  keys.forEach(checkKey);
  if (version !== undefined && !Number.isInteger(version)) {
    throw usageError(
      `${path}: version must be a number, as ml policy show prints it`,
    );
  }
  return {
    version: version as number | undefined,
    changes: changes as PolicyChanges,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
