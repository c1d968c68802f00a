import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

const REF = '<model@version>';
const EXAMPLE = 'for example wine-classifier@1.0.0';

export interface DeprecateOptions {
  sunset: string;
  reason: string;
  replacement?: string;
}

export interface DeleteOptions {
  reason: string;
  yes?: boolean;
}

/** The commands that change the state of a version. */
export function addLifecycleCommands(versions: Command, launch: Launch): void {
  versions
    .command('publish')
    .description('Make a draft a registered version')
    .argument(REF, EXAMPLE)
    .addHelpText('after', examples('ml versions publish wine-classifier@1.1.0'))
    .action((ref: string) =>
      launch(async context =>
        (await import('./lifecycle')).publish(context, ref),
      ),
    );
  versions
    .command('deprecate')
    .description('Announce that a version will end')
    .argument(REF, EXAMPLE)
    .requiredOption(
      '--sunset <date>',
      'the day it ends, at least eight weeks ahead',
    )
    .requiredOption('--reason <text>', 'why, for those who use it')
    .option('--replacement <version>', 'the version to move to')
    .addHelpText(
      'after',
      `
It is served on until its sunset. Deprecating it again changes date and reason.
${examples(
  'ml versions deprecate wine-classifier@1.0.0 --sunset 2027-03-01 --reason "older data" --replacement 1.1.0',
)}`,
    )
    .action((ref: string, options: DeprecateOptions) =>
      launch(async context =>
        (await import('./lifecycle')).deprecate(context, ref, options),
      ),
    );
  versions
    .command('undeprecate')
    .description('Take the deprecation of a version back')
    .argument(REF, EXAMPLE)
    .addHelpText(
      'after',
      examples('ml versions undeprecate wine-classifier@1.0.0'),
    )
    .action((ref: string) =>
      launch(async context =>
        (await import('./lifecycle')).undeprecate(context, ref),
      ),
    );
  versions
    .command('delete')
    .description('Delete a draft, or ask a second person to delete a version')
    .argument(REF, EXAMPLE)
    .requiredOption('--reason <text>', 'why, for who approves and the history')
    .option('-y, --yes', 'do not ask before a draft is deleted')
    .addHelpText(
      'after',
      `
A draft is deleted at once (exit code 0). Any other version waits for somebody
else's approval (exit code 8). What is live or kept for a rollback is not
deleted (exit code 5). The name of a deleted version stays taken.
${examples(
  'ml versions delete wine-classifier@1.0.0 --reason "trained on the wrong data"',
  'ml versions delete wine-classifier@1.2.0 --reason "no better" --yes',
)}`,
    )
    .action((ref: string, options: DeleteOptions) =>
      launch(async context =>
        (await import('./deleteVersion')).deleteVersion(context, ref, options),
      ),
    );
}
