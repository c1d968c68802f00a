import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples, requiredEnvironmentOption } from '../options';

export interface PredictOptions {
  env: 'staging' | 'production';
  input?: string;
  data?: string;
  sample?: boolean;
}

export function addPredictCommand(program: Command, launch: Launch): void {
  program
    .command('predict')
    .description('Send a request to a model and print its answer')
    .argument(
      '<model[@version|alias]>',
      'a model, pinned to a version (1.0.0), API version (1) or alias if wanted',
    )
    .addOption(requiredEnvironmentOption())
    .option('--input <file>', 'request, as JSON of the Open Inference Protocol')
    .option('--data <json>', 'request, as text')
    .option(
      '--sample',
      'the sample request that the version was registered with',
    )
    .addHelpText(
      'after',
      `
Without --input, --data and --sample the request is read from stdin. The answer
is printed as it came; with -o table as a table.
${examples(
  'ml predict wine-classifier --env staging --sample',
  'ml predict wine-classifier@1 --env production --input samples/request.json',
  "ml predict wine-classifier@1.0.0 --env staging --sample | jq '.outputs[0].data'",
)}`,
    )
    .action((target: string, options: PredictOptions) =>
      launch(async context =>
        (await import('./predict')).predict(context, target, options),
      ),
    );
}
