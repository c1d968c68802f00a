import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface PackageOptions {
  output?: string;
}

export function addPackageCommands(program: Command, launch: Launch): void {
  program
    .command('package')
    .description('Check a model directory and write it as an OCI package')
    .argument('<directory>', 'directory with model.yaml in it')
    .option(
      '--output <directory>',
      'where to write (default: <directory>/.ml-package)',
    )
    .addHelpText(
      'after',
      `
Notes in model.yaml the digest of each dataset that is a file beside it and has
none, refuses one that has changed since, and warns where lineage.code.commit is
not what the Git checkout holds. The same files give the same digest anywhere.
${examples(
  'ml package examples/wine-classifier',
  'ml package . --output /tmp/wine --json',
  'skopeo inspect --raw oci:examples/wine-classifier/.ml-package:1.0.0',
)}`,
    )
    .action((directory: string, options: PackageOptions) =>
      launch(async context =>
        (await import('./packageDirectory')).packageDirectory(
          context,
          directory,
          options,
        ),
      ),
    );
  program
    .command('validate')
    .description('Check a model directory and list everything that is wrong')
    .argument('<directory>', 'directory with model.yaml in it')
    .addHelpText(
      'after',
      examples(
        'ml validate examples/wine-classifier',
        'ml validate . --json | jq .data.issues',
      ),
    )
    .action((directory: string) =>
      launch(async context =>
        (await import('./validate')).validate(context, directory),
      ),
    );
}
