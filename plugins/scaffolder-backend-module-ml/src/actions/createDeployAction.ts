import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { ENVIRONMENTS, STRATEGIES } from '@ml-platform/plugin-ml-common';
import type { MlAccess } from '../lib/MlAccess';
import { examples } from './createDeployAction.examples';
import { carryOutRelease } from './releaseAction';

/**
 * `ml:deploy`: makes a version the live one, and waits until it is.
 * @public
 */
export function createDeployAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:deploy',
    description:
      'Makes a version of a machine learning model the live one in an environment, in place of the one before.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        model: z => z.string().describe('Name of the model'),
        version: z => z.string().describe('Semantic version'),
        environment: z => z.enum(ENVIRONMENTS),
        strategy: z =>
          z
            .enum(STRATEGIES)
            .optional()
            .describe('How it takes over; what the platform has by default'),
        reason: z => z.string().optional().describe('Kept in the history'),
        wait: z =>
          z
            .boolean()
            .default(true)
            .describe('Whether to wait until it is live, or has failed'),
      },
      output: {
        releaseId: z => z.string(),
        version: z => z.string(),
        state: z => z.string().describe('succeeded when it is live'),
      },
    },
    async handler(ctx) {
      const {
        environment,
        model,
        reason,
        strategy,
        version,
        wait = true,
      } = ctx.input;
      await carryOutRelease(ctx, {
        access,
        wait,
        what: `Deploy ${model}@${version} to ${environment}`,
        request: (client, idempotencyKey) =>
          client.createRelease(
            model,
            {
              environment,
              version,
              ...(strategy && { strategy }),
              ...(reason && { reason }),
            },
            { idempotencyKey },
          ),
      });
    },
  });
}
