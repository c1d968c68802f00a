import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { modelInput, versionInput } from './inputs';
import { versionDetailsOutput } from './outputs';
import { toVersionOutput } from './toVersionOutput';
import { FIND_VERSIONS, withHint } from './withHint';

export function createGetVersionAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'registry'>,
): void {
  const { actionsRegistry, registry } = options;
  actionsRegistry.register({
    name: 'get-version',
    title: 'Get a version of a machine learning model',
    description: `Gives all that is known of one version of a machine learning model: state, inputs and outputs, the model card with metrics, intended use and limits, the data and code it came from, and its files.
The content of a version never changes; its state and aliases do.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          version: versionInput(zod),
        }),
      output: zod => versionDetailsOutput(zod),
    },
    action: async ({ credentials, input }) => {
      const version = await withHint(
        registry.getVersion(contextOf(credentials), input.model, input.version),
        { notFound: FIND_VERSIONS },
      );
      return {
        output: {
          ...toVersionOutput(version),
          lineage: version.package.lineage,
        },
      };
    },
  });
}
