import type { Environment, MlClient } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { expectPassed, waitForEvaluation } from '../eval/waitForEvaluation';

const WAIT = 30 * 60_000;

/**
 * Has the platform evaluate a version that lacks what an environment asks for,
 * so that a release is one command. The environment's gate decides all the same.
 */
export async function evaluateWhereNeeded(
  context: Pick<CommandContext, 'output' | 'onInterrupt'>,
  client: MlClient,
  {
    environment,
    model,
    version,
  }: {
    environment: Environment;
    model: string;
    version: string;
  },
): Promise<void> {
  const gate = await client.evaluations.gate(model, version);
  if (gate.passed || !gate.requiredFor.includes(environment)) return;
  const { output } = context;
  const begun = await client.evaluations.start(model, version);
  output.info(
    `${environment} takes evaluated versions only; the platform evaluates ${model}@${version} first …`,
  );
  context.onInterrupt(
    () => 'Stopped waiting. The evaluation goes on; nothing was released.',
  );
  const ended = await waitForEvaluation(context, client, {
    evaluation: begun,
    timeout: WAIT,
  });
  expectPassed(ended);
  output.done(`Evaluated: ${ended.summary}`);
}
