import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { MlAccess } from '../lib/MlAccess';
import { toActionError } from '../lib/toActionError';
import { examples } from './createModelAction.examples';

/**
 * `ml:model:create`: takes the name of a model that has no version yet.
 * @public
 */
export function createModelAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:model:create',
    description:
      'Creates a machine learning model that has no version yet: its name is taken for its team, and the catalog shows it.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        name: z =>
          z.string().describe('Lower-case letters, digits and dashes; stays'),
        title: z => z.string().optional().describe('Name for people'),
        description: z =>
          z.string().describe('What the model tells, and from what'),
        owner: z =>
          z
            .string()
            .describe(
              'Entity reference of the team, such as group:default/fraud-team; stays',
            ),
        system: z =>
          z.string().optional().describe('Entity reference of its system'),
        tags: z => z.array(z.string()).optional(),
      },
      output: {
        name: z => z.string(),
        entityRef: z =>
          z.string().describe('The model in the catalog, model:default/…'),
      },
    },
    async handler(ctx) {
      const { input, logger } = ctx;
      const { name } = input;
      const client = await access.client(await ctx.getInitiatorCredentials());
      if (ctx.isDryRun) {
        const { available, reason } = await client.checkModelName(name);
        logger.info(available ? `'${name}' is free` : `No: ${reason}`);
      } else {
        // Safe to repeat: the same model by the same person is no change.
        await client.createModel(input).catch(error => {
          throw toActionError(error);
        });
        logger.info(`Created the model '${name}' of ${input.owner}`);
      }
      ctx.output('name', name);
      ctx.output('entityRef', `model:default/${name}`);
    },
  });
}
