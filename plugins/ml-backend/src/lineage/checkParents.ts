import { InputError } from '@backstage/errors';
import type { ModelFile, Version } from '@ml-platform/plugin-ml-common';

/**
 * Checks what a package says of its parents against what is registered. A
 * parent that is not registered here is no mistake, and neither is one that the
 * caller may not see: the two are not told apart.
 * @throws InputError when the package is its own parent, or names a digest that a parent does not have
 */
export async function checkParents(
  file: Pick<ModelFile, 'name' | 'version' | 'lineage'>,
  find: (parent: {
    model: string;
    version: string;
  }) => Promise<Pick<Version, 'digest'> | undefined>,
): Promise<void> {
  const { parents = [] } = file.lineage ?? {};
  for (const [index, parent] of parents.entries()) {
    const field = `lineage.parents.${index}`;
    const ref = `${parent.model}@${parent.version}`;
    if (parent.model === file.name && parent.version === file.version) {
      throw new InputError(
        `${field}: a version cannot be its own parent (${ref}); name the version that it was made from`,
      );
    }
    if (!parent.digest) continue;
    const found = await find(parent);
    if (found && found.digest !== parent.digest) {
      throw new InputError(
        `${field}.digest: ${ref} is registered as ${found.digest}, not ${parent.digest}; correct the digest or the version in model.yaml`,
      );
    }
  }
}
