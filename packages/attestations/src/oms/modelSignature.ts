import { createHash } from 'node:crypto';
import { SIGNATURE_FILE } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import {
  PREDICATE_TYPES,
  type Statement,
  STATEMENT_TYPE,
} from '../intoto/statement';
import { ProofError } from '../ProofError';

/**
 * Top-level names that OMS never signs.
 * @public
 */
export const IGNORED_PATHS: readonly string[] = [
  '.git',
  '.gitattributes',
  '.github',
  '.gitignore',
  SIGNATURE_FILE,
];

/**
 * A file with its digest.
 * @public
 */
export interface FileDigest {
  /** Relative, with forward slashes. */
  path: string;
  /** `sha256:…` */
  digest: string;
}

const predicateSchema = z.looseObject({
  serialization: z.looseObject({
    method: z.string(),
    hash_type: z.string(),
    allow_symlinks: z.boolean(),
    ignore_paths: z.array(z.string()).optional(),
  }),
  resources: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        algorithm: z.string(),
        digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
      }),
    )
    .min(1),
});

/**
 * The statement that is signed for a model: each file with its digest, and one
 * digest over all of them.
 *
 * Source: OpenSSF Model Signing v1.0, https://github.com/ossf/model-signing-spec
 * @public
 */
export function modelStatement(options: {
  /** Name of the model, for people. */
  name: string;
  files: readonly FileDigest[];
  /** Whether links were followed. */
  allowSymlinks?: boolean;
  /** Further paths that are not signed, and that nobody should look at. */
  ignoredPaths?: readonly string[];
}): Statement {
  const resources = [...options.files]
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    .map(({ digest, path }) => ({
      name: path,
      algorithm: 'sha256',
      digest: hexOf(digest),
    }));
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: options.name, digest: { sha256: rootOf(resources) } }],
    predicateType: PREDICATE_TYPES.modelSignature,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: options.allowSymlinks ?? false,
        ignore_paths: [
          ...new Set([...IGNORED_PATHS, ...(options.ignoredPaths ?? [])]),
        ],
      },
      resources,
    },
  };
}

/**
 * What a model signature lists.
 * @throws ProofError when the statement is none, or contradicts itself
 * @public
 */
export function readModelStatement(statement: Statement): {
  name: string;
  files: FileDigest[];
  ignoredPaths: string[];
} {
  if (statement.predicateType !== PREDICATE_TYPES.modelSignature) {
    throw new ProofError(
      'WRONG_PREDICATE_TYPE',
      `It is about ${statement.predicateType}, and no model signature (${PREDICATE_TYPES.modelSignature})`,
    );
  }
  const parsed = predicateSchema.safeParse(statement.predicate);
  if (!parsed.success) {
    throw new ProofError(
      'MALFORMED',
      `The list of signed files cannot be read: ${z.prettifyError(
        parsed.error,
      )}`,
    );
  }
  const { resources, serialization } = parsed.data;
  const { hash_type: hash, method } = serialization;
  if (
    method !== 'files' ||
    hash !== 'sha256' ||
    resources.some(({ algorithm }) => algorithm !== 'sha256')
  ) {
    throw new ProofError(
      'UNSUPPORTED',
      `It lists ${method} by ${hash}; files by sha256 can be checked`,
    );
  }
  const names = new Set(resources.map(({ name }) => name));
  if (names.size !== resources.length) {
    throw new ProofError('INCONSISTENT', 'It lists a file more than once');
  }
  const [subject, ...others] = statement.subject;
  if (others.length || subject.digest.sha256 !== rootOf(resources)) {
    throw new ProofError(
      'INCONSISTENT',
      'Its subject is not the digest of the files that it lists',
    );
  }
  return {
    name: subject.name ?? '',
    files: resources.map(({ digest, name }) => ({
      path: name,
      digest: `sha256:${digest}`,
    })),
    ignoredPaths: serialization.ignore_paths ?? [],
  };
}

function rootOf(resources: ReadonlyArray<{ digest: string }>): string {
  const hash = createHash('sha256');
  for (const { digest } of resources) hash.update(Buffer.from(digest, 'hex'));
  return hash.digest('hex');
}

function hexOf(digest: string): string {
  const [algorithm, hex] = digest.split(':');
  if (algorithm !== 'sha256') {
    throw new ProofError('UNSUPPORTED', `${digest} is not a SHA-256 digest`);
  }
  return hex;
}
