import type { Command } from 'commander';
import type { Launch } from '../../program';
import { collect, examples } from '../options';

export interface InitOptions {
  name?: string;
  version: string;
  owner?: string;
  title?: string;
  description?: string;
  system?: string;
  tag?: string[];
  force?: boolean;
}

export function addInitCommand(program: Command, launch: Launch): void {
  program
    .command('init')
    .description('Make a model directory from an ONNX file')
    .argument('<model.onnx>', 'the exported model')
    .argument('[directory]', 'where to make it (default: ./<name>)')
    .option('--name <name>', 'name of the model (default: that of the file)')
    .option('--version <version>', 'its first version', '0.1.0')
    .option('--owner <group>', 'team that owns it; asked for on a terminal')
    .option('--title <title>', 'name for people')
    .option('--description <text>', 'what the model tells, and from what')
    .option('--system <system>', 'system that it is part of')
    .option('--tag <tag>', 'word to find it by; may be repeated', collect)
    .option('--force', 'replace files that are there')
    .addHelpText(
      'after',
      `
Inputs and outputs are read from the file. What only people know is marked
with "TO BE WRITTEN": ml validate lists each such place, and no package with
one of them can be registered. In a Git checkout the commit is noted as the
model's lineage. No file is replaced without --force.
${examples(
  'ml init fraud.onnx --owner group:default/risk-team',
  'ml init out/model.onnx models/fraud --name fraud-detector --owner risk-team --tag tabular',
)}`,
    )
    .action(
      (file: string, directory: string | undefined, options: InitOptions) =>
        launch(async context =>
          (await import('./init')).init(context, file, directory, options),
        ),
    );
}
