import { EVALUATION_STATES } from '@ml-platform/plugin-ml-common';
import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { modelInput, versionInput } from './inputs';
import { FIND_VERSIONS, withHint } from './withHint';

export function createEvaluateVersionAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'evaluations'>,
): void {
  const { actionsRegistry, evaluations } = options;
  actionsRegistry.register({
    name: 'evaluate-version',
    title: 'Evaluate a version of a machine learning model',
    description: `Has the platform run the evaluation suite in the package of a version against the packaged model, sign the result and attach it to the version. Production takes versions only that passed.
It answers at once; ask again every few seconds until the state is passed, failed (the model misses its suite) or error (the suite could not be run). The summary says what was missed and by how much.
While one is under way, asking again gives that one.`,
    attributes: { readOnly: false, destructive: false, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          version: versionInput(zod),
          again: zod
            .boolean()
            .default(false)
            .describe(
              'Whether to run it once more where it has ended already; else the newest result is given',
            ),
        }),
      output: zod =>
        zod.object({
          id: zod.string(),
          state: zod.enum(EVALUATION_STATES),
          summary: zod.string().optional(),
          signer: zod.string().optional(),
          createdAt: zod.string().describe('ISO 8601'),
          finishedAt: zod.string().optional().describe('ISO 8601'),
        }),
    },
    action: async ({ credentials, input }) => {
      const { again, model, version } = input;
      const context = contextOf(credentials);
      const evaluation = await withHint(
        evaluations
          .list(context, model, { version, limit: 1 })
          .then(({ items: [newest] }) => {
            const isWanted = newest && newest.state !== 'error' && !again;
            return isWanted
              ? newest
              : evaluations.start(context, model, version);
          }),
        { notFound: FIND_VERSIONS },
      );
      const { createdAt, finishedAt, id, signer, state, summary } = evaluation;
      return { output: { id, state, summary, signer, createdAt, finishedAt } };
    },
  });
}
