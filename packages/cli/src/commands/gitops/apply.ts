import type { Environment } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { releaseText } from '../releases/releaseText';

/** `ml gitops apply` */
export async function applyGitops(
  { connect, output }: CommandContext,
  model: string,
  environment: Environment,
): Promise<void> {
  const { client } = await connect();
  const release = await client.gitops.apply({ model, environment });
  output.done(
    `Release ${release.number} brings ${model} ${release.version} to ${environment}`,
  );
  await output.object({
    kind: 'Release',
    name: release.id,
    data: release,
    text: () => releaseText(release, output),
  });
  output.hint(`Follow it: ml status ${model} --watch`);
}
