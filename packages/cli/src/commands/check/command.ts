import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface CheckOptions {
  model?: string;
}

export function addCheckCommand(program: Command, launch: Launch): void {
  program
    .command('check')
    .description('Check that a running server keeps what a package promises')
    .argument('<directory>', 'directory with model.yaml in it')
    .argument('<url>', 'address of the server, in front of /v2')
    .option(
      '--model <name>',
      'name that the server knows the model by (default: as model.yaml says)',
    )
    .addHelpText(
      'after',
      `
Asks the server as the Open Inference Protocol tells: is it live and ready, do
its metadata fit the interface, does it answer each sample of the package with
the declared outputs, does it refuse what is wrong. Where a recorded answer
stands beside a sample (samples/request.json, samples/response.json), the values
are compared, numbers to 1 part in 10,000. Exit code 1 where a check fails.
${examples(
  'ml check ./fraud http://localhost:8080',
  'ml check examples/wine-classifier http://localhost:7009 --json',
)}`,
    )
    .action((directory: string, url: string, options: CheckOptions) =>
      launch(async context =>
        (await import('./check')).check(context, directory, url, options),
      ),
    );
}
