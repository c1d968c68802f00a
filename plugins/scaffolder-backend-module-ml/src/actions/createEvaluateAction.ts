import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { EVALUATION_STATES } from '@ml-platform/plugin-ml-common';
import type { MlAccess } from '../lib/MlAccess';
import { toActionError } from '../lib/toActionError';
import { waitForEvaluation } from '../lib/waitForEvaluation';
import { examples } from './createEvaluateAction.examples';

const WAIT_SECONDS = 1_800;

/**
 * `ml:evaluate`: has the platform run the suite of a version, and fails where
 * the model misses it.
 * @public
 */
export function createEvaluateAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:evaluate',
    description:
      'Has the platform evaluate a version of a machine learning model, as production requires, and fails where it does not pass.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        model: z => z.string().describe('Name of the model'),
        version: z => z.string().describe('Semantic version'),
      },
      output: {
        evaluationId: z => z.string(),
        state: z => z.enum(EVALUATION_STATES),
        summary: z => z.string().describe('What came of it'),
      },
    },
    async handler(ctx) {
      const { model, version } = ctx.input;
      const what = `Evaluate ${model}@${version}`;
      if (ctx.isDryRun) {
        ctx.logger.info(`${what}: not in a dry run`);
        return;
      }
      const client = await access.client(await ctx.getInitiatorCredentials());
      const id = await ctx.checkpoint({
        key: `ml.${what}`,
        fn: async () => {
          const asked = client.evaluations.start(model, version);
          return (
            await asked.catch(error => {
              throw toActionError(error);
            })
          ).id;
        },
      });
      const evaluation = await waitForEvaluation({
        ...{ client, id, seconds: WAIT_SECONDS, signal: ctx.signal },
        onChange: now => ctx.logger.info(`${what}: it is ${now.state}`),
      });
      const { state, summary = '' } = evaluation;
      ctx.output('evaluationId', id);
      ctx.output('state', state);
      ctx.output('summary', summary);
      if (state === 'failed') {
        throw new Error(`${model}@${version} misses its suite. ${summary}`);
      }
      if (state !== 'passed') throw new Error(`${what}: ${state}. ${summary}`);
    },
  });
}
