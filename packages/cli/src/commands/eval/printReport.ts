import type {
  EvaluationCheck,
  EvaluationReport,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import type { Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';

const MARKS: Record<
  EvaluationCheck['verdict'],
  ['green' | 'red' | 'yellow' | 'dim', string]
> = {
  passed: ['green', '✓ passed'],
  failed: ['red', '✗ failed'],
  skipped: ['yellow', '- skipped'],
  info: ['dim', '  info'],
};

/** Prints the verdict of each check, and what failed by how much. */
export async function printReport(
  { output }: Pick<CommandContext, 'output'>,
  report: EvaluationReport,
): Promise<void> {
  await output.object({
    kind: 'EvaluationReport',
    name: `${report.model}@${report.version}`,
    data: report,
    text: () => tableOf(report, output),
  });
}

/** What `ml` ends with when a suite is missed. */
export function gateRefused({
  model,
  summary,
  version,
}: {
  model: string;
  version: string;
  summary?: string;
}): CliError {
  return new CliError({
    code: 'EVALUATION_FAILED',
    exitCode: ExitCode.gateRefused,
    message: `${model}@${version} misses its evaluation suite. ${
      summary ?? ''
    }`.trim(),
    hint: 'Improve the model, or argue for another threshold in eval/suite.yaml; both make a new version.',
  });
}

function tableOf(report: EvaluationReport, output: Output): string {
  const number = (value: number | undefined) =>
    value === undefined ? '' : String(Number(value.toPrecision(4)));
  return renderTable(
    ['VERDICT', 'CHECK', 'VALUE', 'ASKED FOR', 'MISSED BY', 'ROWS'].map(title =>
      output.paint('dim', title),
    ),
    report.checks.map(check => {
      const [color, mark] = MARKS[check.verdict];
      const { max, min } = check.threshold ?? {};
      return [
        output.paint(color, mark),
        `${check.kind}: ${check.name}`,
        `${number(check.value)}${check.unit ? ` ${check.unit}` : ''}`,
        [
          ...(min === undefined ? [] : [`≥ ${min}`]),
          ...(max === undefined ? [] : [`≤ ${max}`]),
        ].join(', '),
        number(check.missedBy),
        check.rows === undefined ? '' : String(check.rows),
      ];
    }),
  );
}
