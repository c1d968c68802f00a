import type { ModelFile } from '@ml-platform/plugin-ml-common';
import { findOrigin, hasCommit } from '../init/findOrigin';

/**
 * Warns where the commit that `model.yaml` names is not what the checkout
 * holds. It is told and no more: the package is the same on any machine.
 */
export async function checkCommit(
  directory: string,
  { lineage }: ModelFile,
): Promise<string | undefined> {
  const { commit, repository } = lineage?.code ?? {};
  if (!commit) return undefined;
  const origin = await findOrigin(directory);
  // The model may have been trained from another repository than this one.
  if (!origin || (repository && origin.repository !== repository)) {
    return undefined;
  }
  if ((await hasCommit(directory, commit)) === false) {
    return `lineage.code.commit ${commit} is not in the history of this checkout`;
  }
  return origin.isDirty
    ? `The checkout has uncommitted changes; lineage.code.commit ${commit} does not have them`
    : undefined;
}
