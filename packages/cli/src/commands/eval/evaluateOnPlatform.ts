import type { CommandContext } from '../../CommandContext';
import { parseAnyRef } from '../parseRef';
import { resolveRef } from '../resolveRef';
import type { EvalOptions } from './command';
import { printReport } from './printReport';
import { expectPassed, waitForEvaluation } from './waitForEvaluation';
import { writeReport } from './writeReport';

const WAIT = 30 * 60_000;

/** Has the platform evaluate a version, and waits for the verdict. */
export async function evaluateOnPlatform(
  context: CommandContext,
  text: string,
  options: EvalOptions,
): Promise<void> {
  const { output } = context;
  const { client } = await context.connect();
  const { model, version } = await resolveRef(
    { client, output },
    parseAnyRef(text),
  );
  const begun = await client.evaluations.start(model, version);
  output.info(`Evaluation ${begun.id} of ${model}@${version} on the platform`);
  if (!options.wait) {
    await output.object({
      ...{ kind: 'Evaluation', name: begun.id, data: begun },
      text: () => `Evaluation  ${begun.id}\nState       ${begun.state}`,
    });
    return;
  }
  context.onInterrupt(
    () => 'Stopped waiting. The evaluation goes on; see it in the portal.',
  );
  const ended = await waitForEvaluation(context, client, {
    evaluation: begun,
    timeout: options.timeout ?? WAIT,
  });
  if (ended.report) {
    await printReport(context, ended.report);
    if (options.report !== false) {
      for (const file of await writeReport(options.report, ended.report)) {
        output.info(`Written: ${file}`);
      }
    }
  }
  expectPassed(ended);
  output.done(`${ended.summary}; signed by ${ended.signer} and attached`);
}
