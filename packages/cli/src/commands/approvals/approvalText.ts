import type { Approval } from '@ml-platform/plugin-ml-common';
import { formatBytes, formatDate } from '../../output/format';
import type { Output } from '../../output/Output';

/** What it is about: `wine-classifier@1.0.0` */
export function subjectText({ model, subject, summary }: Approval): string {
  if (!model) return summary;
  if (subject.version) return `${model}@${subject.version}`;
  if (subject.maxBytes) {
    return `${model}, ${formatBytes(
      Number(subject.maxBytes),
    )} until ${formatDate(String(subject.expiresAt))}`;
  }
  return subject.count ? `${model}, ${subject.count} versions` : model;
}

/** What somebody decides on, in a sentence: `version.delete of wine@1.0.0`. */
export function askedText(approval: Approval): string {
  const { kind, model, summary } = approval;
  return model
    ? `${kind} of ${subjectText(approval)}`
    : `“${summary}” (${kind})`;
}

/** An approval for people. */
export function approvalText(approval: Approval, output: Output): string {
  const { decidedAt, decidedBy, state } = approval;
  const rows: Array<[string, string | undefined]> = [
    ['Approval', approval.id],
    ['Kind', approval.kind],
    ['Subject', subjectText(approval)],
    ['State', state],
    ['Reason', approval.reason],
    [
      'Asked',
      `${output.time(approval.requestedAt)} by ${approval.requestedBy}`,
    ],
    // A moment ahead has no age.
    ['Expires', state === 'pending' ? approval.expiresAt : undefined],
    ['Decided', decidedBy && `${output.time(decidedAt)} by ${decidedBy}`],
    ['Comment', approval.comment],
    ['Alone', breakGlassText(approval)],
  ];
  return [
    ...rows
      .filter(([, value]) => value)
      .map(([name, value]) => `${name.padEnd(8)} ${value}`),
    ...(state === 'pending' || state === 'used'
      ? [
          '',
          state === 'used' ? 'What it did:' : 'What it does when approved:',
          ...consequencesText(approval),
        ]
      : []),
  ].join('\n');
}

function breakGlassText({ breakGlass }: Approval): string | undefined {
  if (!breakGlass) return undefined;
  const { by, reason, review } = breakGlass;
  return `${by}: ${reason} (${
    review ? `${review.verdict}, says ${review.by}` : 'the review is open'
  })`;
}

export function consequencesText({ consequences }: Approval): string[] {
  return consequences.map(text => `- ${text}`);
}
