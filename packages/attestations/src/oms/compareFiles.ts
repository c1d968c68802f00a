import { ProofError } from '../ProofError';
import type { FileDigest } from './modelSignature';

/**
 * How a file differs from what was signed.
 * @public
 */
export interface FileDifference {
  path: string;
  /** `added` was not signed; `removed` was signed and is not there. */
  kind: 'changed' | 'added' | 'removed';
  signed?: string;
  found?: string;
}

/**
 * Differences between the signed files and those that are there, by path. A file
 * that was not signed is one: it could change what the model does.
 * @public
 */
export function compareFiles(
  signed: readonly FileDigest[],
  found: readonly FileDigest[],
): FileDifference[] {
  const before = new Map(signed.map(file => [file.path, file.digest]));
  const now = new Map(found.map(file => [file.path, file.digest]));
  const paths = [...new Set([...before.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): FileDifference[] => {
    const was = before.get(path);
    const is = now.get(path);
    if (was === is) return [];
    if (was === undefined) return [{ path, kind: 'added', found: is }];
    if (is === undefined) return [{ path, kind: 'removed', signed: was }];
    return [{ path, kind: 'changed', signed: was, found: is }];
  });
}

const WORDS = {
  changed: 'was changed',
  added: 'is there and was not signed',
  removed: 'was signed and is not there',
};
const MAX_NAMED = 5;

/** @public */
export class FilesDifferError extends ProofError {
  readonly differences: FileDifference[];

  constructor(differences: FileDifference[]) {
    const named = differences
      .slice(0, MAX_NAMED)
      .map(({ kind, path }) => `${path} ${WORDS[kind]}`);
    const more = differences.length - named.length;
    super(
      'FILES_DIFFER',
      `The files are not those that were signed: ${named.join('; ')}${
        more > 0 ? `; and ${more} more` : ''
      }`,
    );
    this.differences = differences;
  }
}

/**
 * @throws ProofError that names the files
 * @public
 */
export function expectSameFiles(
  signed: readonly FileDigest[],
  found: readonly FileDigest[],
): void {
  const differences = compareFiles(signed, found);
  if (differences.length) throw new FilesDifferError(differences);
}
