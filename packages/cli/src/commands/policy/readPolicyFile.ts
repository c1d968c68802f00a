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
  const { version, ...changes } = policiesOf(document);
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

/** Of a file that was printed as JSON or YAML, what stands in its envelope. */
function policiesOf(document: unknown): Record<string, unknown> {
  if (!isObject(document)) return {};
  const { data, kind } = document;
  if (kind !== 'Policy' || !isObject(data)) return document;
  return { version: data.version, ...(data.values as object) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
