import { z } from 'zod';
import { ProofError } from '../ProofError';

/** @public */
export const IN_TOTO_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** @public */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/**
 * `predicateType` of the attestations that the platform knows.
 * @public
 */
export const PREDICATE_TYPES = {
  modelSignature: 'https://model_signing/signature/v1.0',
  testResult: 'https://in-toto.io/attestation/test-result/v0.1',
  slsaProvenance: 'https://slsa.dev/provenance/v1',
} as const;

const statementSchema = z.looseObject({
  _type: z.string(),
  subject: z
    .array(
      z.looseObject({
        name: z.string().optional(),
        digest: z.record(z.string(), z.string()),
      }),
    )
    .min(1),
  predicateType: z.string().min(1),
  predicate: z.record(z.string(), z.unknown()).optional(),
});

/**
 * An in-toto Statement v1: a predicate about subjects, which are named by digest.
 *
 * Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 * @public
 */
export interface Statement {
  _type: typeof STATEMENT_TYPE;
  subject: Array<{ name?: string; digest: Record<string, string> }>;
  predicateType: string;
  predicate?: Record<string, unknown>;
}

/**
 * Reads the payload of an envelope whose signature was checked.
 * @public
 */
export function parseStatement(payload: Buffer): Statement {
  let document: unknown;
  try {
    document = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw new ProofError('MALFORMED', 'The statement is not JSON', error);
  }
  const parsed = statementSchema.safeParse(document);
  if (!parsed.success) {
    throw new ProofError(
      'MALFORMED',
      `The statement is not an in-toto statement: ${z.prettifyError(
        parsed.error,
      )}`,
    );
  }
  if (parsed.data._type !== STATEMENT_TYPE) {
    throw new ProofError(
      'WRONG_STATEMENT_TYPE',
      `The statement is of type ${parsed.data._type}, not ${STATEMENT_TYPE}`,
    );
  }
  return parsed.data as Statement;
}

/**
 * Whether a statement speaks of an artifact.
 * @param digest - `sha256:…`
 * @public
 */
export function isAbout(statement: Statement, digest: string): boolean {
  const [algorithm, hex] = digest.split(':');
  return statement.subject.some(subject => subject.digest[algorithm] === hex);
}
