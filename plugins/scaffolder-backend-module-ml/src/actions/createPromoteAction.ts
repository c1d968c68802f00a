import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { STRATEGIES } from '@ml-platform/plugin-ml-common';
import type { MlAccess } from '../lib/MlAccess';
import { examples } from './createPromoteAction.examples';
import { carryOutRelease } from './releaseAction';

/**
 * `ml:promote`: takes what is live in staging to production.
 * @public
 */
export function createPromoteAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:promote',
    description:
      'Takes the version of a machine learning model that is live in staging to production: the very same bytes.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        model: z => z.string().describe('Name of the model'),
        version: z =>
          z
            .string()
            .optional()
            .describe('Refused when another one is live in staging'),
        strategy: z =>
          z
            .enum(STRATEGIES)
            .optional()
            .describe('How it takes over; what the platform has by default'),
        reason: z => z.string().optional().describe('Kept in the history'),
        wait: z =>
          z
            .boolean()
            .default(false)
            .describe('Whether to wait; a canary takes half an hour or more'),
      },
      output: {
        releaseId: z => z.string(),
        version: z => z.string(),
        state: z => z.string().describe('succeeded when it is live'),
      },
    },
    async handler(ctx) {
      const { model, reason, strategy, version, wait = false } = ctx.input;
      await carryOutRelease(ctx, {
        access,
        wait,
        what: `Promote ${model}${version ? `@${version}` : ''}`,
        request: (client, idempotencyKey) =>
          client.promote(
            model,
            {
              ...(version && { version }),
              ...(strategy && { strategy }),
              ...(reason && { reason }),
            },
            { idempotencyKey },
          ),
      });
    },
  });
}
