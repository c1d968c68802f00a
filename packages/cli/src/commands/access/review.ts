import {
  type AccessEntry,
  accessReviewCsv,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { usageError } from '../parseRef';
import type { ReviewAccessOptions } from './command';

/** `ml access review` */
export async function reviewAccess(
  { connect, output }: CommandContext,
  options: ReviewAccessOptions,
): Promise<void> {
  const { csv, kind, subject } = options;
  if (csv && output.isFormatChosen) {
    throw usageError('Use either --csv or --format');
  }
  const period = {
    from: toMoment('--from', options.from),
    to: toMoment('--to', options.to),
  };
  const { client } = await connect();
  const review = await client.access.review(period);
  const items = review.items.filter(
    entry =>
      (!kind || entry.kind === kind) && (!subject || entry.subject === subject),
  );
  if (csv) {
    output.write(accessReviewCsv({ ...review, items }).trimEnd());
  } else {
    await output.list({
      kind: 'AccessEntryList',
      items,
      name: ({ reference }) => reference,
      empty: 'Nobody had anything like that.',
      columns: [
        { header: 'KIND', cell: entry => entry.kind },
        { header: 'WHO', cell: entry => entry.subject },
        { header: 'WHAT', cell: entry => entry.what },
        { header: 'FOR', cell: entry => entry.via ?? entry.scope },
        { header: 'FROM', cell: entry => dayOf(entry.from) },
        { header: 'UNTIL', cell: entry => dayOf(entry.until) },
        { header: 'STATE', cell: entry => entry.state },
        { header: 'GIVEN BY', cell: givenBy },
        { header: 'LAST USED', cell: entry => output.time(entry.lastUsedAt) },
      ],
    });
  }
  for (const note of review.notes) output.hint(note);
}

function toMoment(option: string, text: string): string {
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString();
  throw usageError(`${option}: '${text}' is no day such as 2026-10-01`);
}

function dayOf(iso: string | undefined): string {
  return iso?.slice(0, 10) ?? '-';
}

function givenBy({ approvedBy, givenBy: asker }: AccessEntry): string {
  return approvedBy ? `${asker}, approved by ${approvedBy}` : asker;
}
