import type { CommandContext } from '../../CommandContext';
import { formatBytes } from '../../output/format';
import { collectPages } from '../collectPages';
import { parseAnyRef } from '../parseRef';
import { resolveRef } from '../resolveRef';
import { aliasesText, stateText, versionText } from './versionText';

/** `ml versions list` */
export async function listVersions(
  { connect, output }: CommandContext,
  model: string,
  { limit }: { limit: number },
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.listVersions(model, page),
  );
  await output.list({
    kind: 'VersionList',
    items,
    name: item => `${item.model}@${item.version}`,
    empty: `${model} has no versions.`,
    columns: [
      { header: 'VERSION', cell: item => item.version },
      { header: 'STATE', cell: stateText },
      { header: 'ALIASES', cell: aliasesText },
      { header: 'FORMAT', cell: item => item.format },
      { header: 'SIZE', cell: item => formatBytes(item.sizeBytes) },
      { header: 'REGISTERED', cell: item => output.time(item.createdAt) },
      { header: 'BY', cell: item => item.createdBy },
      { header: 'DIGEST', cell: item => item.digest.slice(0, 19) },
    ],
  });
}

/** `ml versions show` */
export async function showVersion(
  { connect, output }: CommandContext,
  text: string,
): Promise<void> {
  const ref = parseAnyRef(text);
  const { client } = await connect();
  const { model, version } = await resolveRef({ client, output }, ref);
  const found = await client.getVersion(model, version);
  await output.object({
    kind: 'Version',
    name: `${model}@${version}`,
    data: found,
    text: () => versionText(found, output),
  });
}
