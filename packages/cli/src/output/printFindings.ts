import type { Output } from './Output';

/** One thing that was looked at, and what was found. */
export interface Finding {
  check: string;
  ok: boolean;
  message: string;
  hint?: string;
}

/** Prints what was found, a row each. */
export async function printFindings(
  output: Output,
  findings: Finding[],
): Promise<void> {
  await output.list({
    kind: 'FindingList',
    items: findings,
    name: finding => finding.check,
    empty: '',
    columns: [
      {
        header: '',
        cell: ({ ok }) => output.paint(ok ? 'green' : 'red', ok ? '✓' : '✗'),
      },
      { header: 'CHECK', cell: finding => finding.check },
      { header: 'RESULT', cell: finding => finding.message },
    ],
  });
}
