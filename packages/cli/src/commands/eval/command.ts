import { type Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseTimeout } from '../options';

export interface EvalOptions {
  report: string | false;
  baseline?: string;
  signKey?: string;
  certificate?: string;
  chain?: string;
  attach?: boolean;
  onPlatform?: boolean;
  wait: boolean;
  timeout?: number;
}

export function addEvalCommand(program: Command, launch: Launch): void {
  program
    .command('eval')
    .description('Run the evaluation suite of a package or a version')
    .argument(
      '<directory|model@version|alias>',
      'a package directory, or a registered version',
    )
    .option(
      '--on-platform',
      'have the platform run and sign it, as production requires',
    )
    .option(
      '--report <folder>',
      'where evaluation.json and evaluation.html go',
      'eval-report',
    )
    .option('--no-report', 'write no files')
    .option(
      '--baseline <directory|model@version|production|none>',
      'what to compare with (default: of a version, the one in production)',
    )
    .option('--sign-key <file>', 'sign the result with this private key (PEM)')
    .option('--certificate <file>', 'certificate of the key (PEM)')
    .option(
      '--chain <file>',
      'certificates between it and the trusted one (PEM)',
    )
    .option('--attach', 'attach the signed result to the version')
    .option('--no-wait', 'with --on-platform: return when it has begun')
    .option(
      '--timeout <duration>',
      'with --on-platform: wait this long (default: 30m)',
      parseTimeout,
    )
    .addHelpText(
      'after',
      `
Starts the packaged model in the worker that would serve it, asks it for every
row of the data sets in eval/suite.yaml, and judges metrics, slices, golden
examples, invariance, ranges and the comparison with the version in production.
Exit code 6 where the suite is missed, 1 where it could not be run.
${examples(
  'ml eval examples/wine-classifier',
  'ml eval wine-classifier@1.0.0 --on-platform',
  'ml eval ./fraud --baseline production --report out',
  'ml eval wine-classifier@1.0.0 --sign-key team.key --attach',
  'ml eval ./fraud --no-report --json',
)}`,
    )
    .action((subject: string, options: EvalOptions) =>
      launch(async context =>
        (await import('./evaluate')).evaluate(context, subject, options),
      ),
    );
}
