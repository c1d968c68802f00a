import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { ENVIRONMENTS } from '@ml-platform/plugin-ml-common';
import type { MlAccess } from '../lib/MlAccess';
import { examples } from './createRollbackAction.examples';
import { carryOutRelease } from './releaseAction';

/**
 * `ml:rollback`: goes back to a version that was live before.
 * @public
 */
export function createRollbackAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:rollback',
    description:
      'Goes back to a version of a machine learning model that served well in an environment before, by default the last one.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        model: z => z.string().describe('Name of the model'),
        environment: z => z.enum(ENVIRONMENTS),
        version: z =>
          z
            .string()
            .optional()
            .describe('Where to; the last good version when not given'),
        reason: z => z.string().optional().describe('Kept in the history'),
        wait: z =>
          z
            .boolean()
            .default(true)
            .describe('Whether to wait until it is live, or has failed'),
      },
      output: {
        releaseId: z => z.string(),
        version: z => z.string().describe('Where it went back to'),
        state: z => z.string().describe('succeeded when it is live'),
      },
    },
    async handler(ctx) {
      const { environment, model, reason, version, wait = true } = ctx.input;
      await carryOutRelease(ctx, {
        access,
        wait,
        what: `Roll back ${model} in ${environment}`,
        request: (client, idempotencyKey) =>
          client.rollback(
            model,
            {
              environment,
              ...(version && { version }),
              ...(reason && { reason }),
            },
            { idempotencyKey },
          ),
      });
    },
  });
}
