import {
  PREDICATE_TYPES,
  type Statement,
  STATEMENT_TYPE,
} from '@ml-platform/attestations';
import { digestOf } from '@ml-platform/packaging';
import type {
  EvaluationCheck,
  EvaluationReport,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';

/**
 * What the platform reads of a test result. Other fields are allowed, as the
 * predicate's specification has it.
 *
 * Source: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
 * @public
 */
export const testResultSchema = z.looseObject({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z.array(
    z.looseObject({
      name: z.string().optional(),
      digest: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  passedTests: z.array(z.string()).optional(),
  warnedTests: z.array(z.string()).optional(),
  failedTests: z.array(z.string()).optional(),
});

/** @public */
export type TestResult = z.output<typeof testResultSchema>;

/** The bytes of a report that its attestation names by their digest. */
export function reportBytes(report: EvaluationReport): Buffer {
  return Buffer.from(JSON.stringify(report));
}

/**
 * States the result of an evaluation about a version's manifest.
 * @param digest - `sha256:…` of the manifest
 * @public
 */
export function testResultStatement(
  report: EvaluationReport,
  digest: string,
): Statement {
  const named = (verdict: EvaluationCheck['verdict']) =>
    report.checks
      .filter(check => check.verdict === verdict)
      .map(({ kind, name }) => `${kind}: ${name}`);
  const predicate = {
    result: report.verdict === 'passed' ? 'PASSED' : 'FAILED',
    configuration: [
      {
        name: report.suite.path,
        digest: { sha256: hexOf(report.suite.digest) },
        annotations: {
          finishedAt: report.finishedAt,
          report: digestOf(reportBytes(report)),
          ...(report.baseline && { baseline: report.baseline.version }),
        },
      },
    ],
    passedTests: named('passed'),
    warnedTests: named('skipped'),
    failedTests: named('failed'),
  } satisfies TestResult;
  return {
    _type: STATEMENT_TYPE,
    subject: [
      {
        name: `${report.model}@${report.version}`,
        digest: { sha256: hexOf(digest) },
      },
    ],
    predicateType: PREDICATE_TYPES.testResult,
    predicate,
  };
}

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, '');
}
