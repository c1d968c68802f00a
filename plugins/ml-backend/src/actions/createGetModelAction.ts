import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { modelInput } from './inputs';
import { modelOutput } from './outputs';
import { FIND_MODELS, withHint } from './withHint';

export function createGetModelAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'registry' | 'deployments'>,
): void {
  const { actionsRegistry, deployments, registry } = options;
  actionsRegistry.register({
    name: 'get-model',
    title: 'Get a machine learning model',
    description: `Gives one machine learning model: its owner, what is live in staging and production since when and by whom, health, the release under way, where a rollback would go, and the inference endpoints.
Read this before deploy-version or roll-back. get-version tells about one version, with card and interface.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: zod => zod.strictObject({ model: modelInput(zod) }),
      output: zod => modelOutput(zod),
    },
    action: async ({ credentials, input }) => {
      const model = await withHint(
        registry.getModel(contextOf(credentials), input.model),
        { notFound: FIND_MODELS },
      );
      return {
        output: {
          ...model,
          deployments: await deployments.ofModels([model.name]),
        },
      };
    },
  });
}
