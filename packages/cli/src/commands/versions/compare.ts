import {
  compareVersions,
  onlyDifferences,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { parseAnyRef } from '../parseRef';
import { resolveRef } from '../resolveRef';
import type { CompareOptions } from './command';
import { comparisonText } from './comparisonText';

/** `ml versions compare` */
export async function compare(
  { connect, output }: CommandContext,
  [first, ...others]: string[],
  { all }: CompareOptions,
): Promise<void> {
  const { model } = parseAnyRef(first);
  const refs = [
    first,
    ...others.map(other => (other.includes('@') ? other : `${model}@${other}`)),
  ].map(parseAnyRef);
  const { client } = await connect();
  const versions: Version[] = [];
  // One after the other, so that what is said of aliases keeps their order.
  for (const ref of refs) {
    const found = await resolveRef({ client, output }, ref);
    versions.push(await client.getVersion(found.model, found.version));
  }
  const whole = compareVersions(versions);
  const comparison = all ? whole : onlyDifferences(whole);
  await output.object({
    kind: 'VersionComparison',
    name: versions.map(item => `${item.model}@${item.version}`).join('\n'),
    data: comparison,
    text: () => comparisonText(comparison, output),
  });
  if (!comparison.sections.length) {
    output.hint('They do not differ. Everything they say: add --all');
  }
}
