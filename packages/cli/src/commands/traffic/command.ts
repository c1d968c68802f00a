import type { Command } from 'commander';
import type { Launch } from '../../program';
import { environmentOption, examples } from '../options';

export interface TrafficOptions {
  env: 'staging' | 'production';
}

export function addTrafficCommand(program: Command, launch: Launch): void {
  program
    .command('traffic')
    .description('Show requests, errors and latency of the last day')
    .argument('<model>')
    .addOption(environmentOption('as it is called there').default('production'))
    .addHelpText(
      'after',
      `
Errors are answers of 500 and above; rejected are those of 400 to 499, which the
caller has to mend. Latency counts from the arrival of a request until its answer
was complete, good to 5 %.
${examples(
  'ml traffic wine-classifier',
  'ml traffic wine-classifier --env staging',
  'ml traffic wine-classifier --json | jq .data.intervals',
)}`,
    )
    .action((model: string, options: TrafficOptions) =>
      launch(async context =>
        (await import('./traffic')).traffic(context, model, options),
      ),
    );
}
