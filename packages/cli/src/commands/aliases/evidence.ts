import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import { isVersion, usageError } from '../parseRef';
import { checkNames } from './checkNames';

/** `ml aliases evidence` */
export async function listEvidence({
  connect,
  output,
}: CommandContext): Promise<void> {
  const { client } = await connect();
  const { items } = await client.aliases.evidenceKinds();
  await output.list({
    kind: 'EvidenceKindList',
    items,
    name: item => item.name,
    empty: 'Nothing can be asked for.',
    columns: [
      { header: 'EVIDENCE', cell: item => item.example ?? item.name },
      { header: 'ASKS THAT', cell: item => item.description },
    ],
  });
}

/** `ml aliases check` */
export async function checkEvidence(
  { connect, output }: CommandContext,
  request: { model: string; alias: string; version: string },
): Promise<ExitStatus> {
  const { alias, model, version } = request;
  checkNames(model, alias);
  if (!isVersion(version)) {
    throw usageError(`'${version}' is not a semantic version such as 1.4.0`);
  }
  const { client } = await connect();
  const { items } = await client.aliases.check(model, alias, version);
  await output.list({
    kind: 'EvidenceFactList',
    items,
    name: item => item.requirement,
    empty: `The policy of ${model}@${alias} asks for nothing.`,
    columns: [
      { header: 'EVIDENCE', cell: item => item.requirement },
      { header: 'MET', cell: item => (item.met ? 'yes' : 'no') },
      { header: 'MISSING', cell: item => item.missing ?? '' },
    ],
  });
  return items.every(({ met }) => met) ? ExitCode.ok : ExitCode.gateRefused;
}
