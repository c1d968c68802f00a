import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { pageInput } from './inputs';
import { modelOutput, nextCursorOutput } from './outputs';

export function createListModelsAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'registry' | 'deployments'>,
): void {
  const { actionsRegistry, deployments, registry } = options;
  actionsRegistry.register({
    name: 'list-models',
    title: 'List machine learning models',
    description: `Lists the machine learning models that you may see, by name: who owns each, which version is live in staging and production, and how it is.
Start here to find the name of a model, or to answer "what is live where". search-versions looks through versions instead.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          query: zod
            .string()
            .max(200)
            .optional()
            .describe(
              'Text that name, title, description, owner or a tag contains; leave it away for all models',
            ),
          ...pageInput(zod),
        }),
      output: zod =>
        zod.object({
          models: zod.array(modelOutput(zod)),
          nextCursor: nextCursorOutput(zod),
        }),
    },
    action: async ({ credentials, input }) => {
      const { query, ...page } = input;
      const found = await registry.listModels(contextOf(credentials), {
        ...page,
        q: query,
      });
      const live = await deployments.ofModels(
        found.items.map(({ name }) => name),
      );
      const models = found.items.map(model => ({
        ...model,
        deployments: live.filter(entry => entry.model === model.name),
      }));
      return { output: { models, nextCursor: found.nextCursor } };
    },
  });
}
