import {
  describeDifference,
  type PolicyComparison,
  type PolicyDifference,
  type PolicyValues,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import { usageError } from '../parseRef';
import type { DiffOptions, ShowPolicyOptions } from './command';
import { checkKey } from './checkKey';
import { readPolicyFile } from './readPolicyFile';

/** `ml policy show` */
export async function showPolicy(
  { connect, output }: CommandContext,
  key: string | undefined,
  options: ShowPolicyOptions,
): Promise<void> {
  const only = key === undefined ? undefined : checkKey(key);
  const wanted =
    options.version === undefined
      ? undefined
      : parseVersion('--version', options.version);
  const { client } = await connect();
  const found =
    wanted === undefined
      ? await client.policy.get()
      : await client.policy.getVersion(wanted);
  const values: Partial<PolicyValues> = only
    ? { [only]: found.values[only] }
    : found.values;
  const { stringify } = await import('yaml');
  await output.object({
    kind: 'Policy',
    name: String(found.version),
    data: { ...found, values },
    text: () => stringify({ version: found.version, ...values }).trimEnd(),
  });
  if ('sources' in found) {
    const approved = Object.entries(found.sources)
      .filter(([, source]) => source === 'approved')
      .map(([name]) => name);
    output.hint(
      `Version ${found.version}, since ${found.since}. ${
        approved.length
          ? `Approved here: ${approved.join(', ')}; the rest is configured.`
          : 'All of it is configured.'
      }`,
    );
  }
}

/** `ml policy history` */
export async function policyHistory(
  { connect, output }: CommandContext,
  { limit }: { limit: number },
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page => client.policy.history(page));
  await output.list({
    kind: 'PolicyVersionList',
    items,
    name: ({ version }) => String(version),
    empty: 'There are no versions.',
    columns: [
      { header: 'VERSION', cell: ({ version }) => String(version) },
      { header: 'AT', cell: ({ at }) => output.time(at) },
      {
        header: 'CHANGED',
        cell: ({ changes, keys }) =>
          changes.length ? keys.join(', ') : 'the beginning',
      },
      {
        header: 'ASKED BY',
        cell: ({ requestedBy }) => requestedBy ?? 'configuration',
      },
      { header: 'APPROVED BY', cell: ({ approvedBy }) => approvedBy ?? '-' },
      { header: 'REASON', cell: ({ reason }) => reason ?? '-' },
    ],
  });
}

/** `ml policy diff` */
export async function diffPolicy(
  { connect, output }: CommandContext,
  { file, from, to }: DiffOptions & { from?: string; to?: string },
): Promise<void> {
  if (file !== undefined && from !== undefined) {
    throw usageError('Use either --file or versions');
  }
  const first = from === undefined ? undefined : parseVersion('from', from);
  const second = to === undefined ? undefined : parseVersion('to', to);
  const read = file === undefined ? undefined : await readPolicyFile(file);
  const { client } = await connect();
  let compared: PolicyComparison;
  if (read) {
    const { version, changes } = await client.policy.preview(
      read.version ?? (await client.policy.get()).version,
      { changes: read.changes },
    );
    compared = { from: version, to: version + 1, changes };
  } else if (second !== undefined) {
    compared = await client.policy.diff(second, { from: first });
  } else {
    const version = first ?? (await client.policy.get()).version;
    compared = await client.policy.diff(version);
  }
  await output.object({
    kind: 'PolicyComparison',
    name: `${compared.from}..${compared.to}`,
    data: compared,
    text: () => differencesText(compared.changes),
  });
  if (!compared.changes.length) output.hint('There is no difference.');
}

/** One difference a line. */
export function differencesText(changes: PolicyDifference[]): string {
  return changes.map(describeDifference).join('\n');
}

function parseVersion(what: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(
    `${what}: '${text}' is no version`,
    'Versions are numbers from 0: ml policy history',
  );
}
