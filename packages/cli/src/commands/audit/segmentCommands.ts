import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseMonth, parseWords } from '../options';

export interface PlaceHoldOptions {
  reason: string;
  since?: string;
  until?: string;
}

export interface ReasonOptions {
  reason: string;
}

export interface DisposeOptions {
  reason?: string;
  yes?: boolean;
}

/** What an auditor does with the months of the log. */
export function addSegmentCommands(audit: Command, launch: Launch): void {
  audit
    .command('segments')
    .description('List the months of the log, and how long they are kept')
    .addHelpText('after', examples('ml audit segments'))
    .action(() =>
      launch(async context =>
        (await import('./segments')).listSegments(context),
      ),
    );
  const holds = audit
    .command('holds')
    .description('Legal holds: nothing under them is disposed of');
  holds
    .command('list')
    .description('List legal holds, newest first')
    .addHelpText('after', examples('ml audit holds list'))
    .action(() =>
      launch(async context => (await import('./segments')).listHolds(context)),
    );
  holds
    .command('place')
    .description('Keep months of the log beyond their time')
    .requiredOption(
      '--reason <text>',
      'why, e.g. the number of the case',
      parseWords,
    )
    .option(
      '--since <month>',
      'first month; from the beginning without it',
      parseMonth,
    )
    .option(
      '--until <month>',
      'last month; without an end without it',
      parseMonth,
    )
    .addHelpText(
      'after',
      examples('ml audit holds place --reason "case 12/2026" --since 2025-03'),
    )
    .action((options: PlaceHoldOptions) =>
      launch(async context =>
        (await import('./segments')).placeHold(context, options),
      ),
    );
  holds
    .command('release')
    .description('Ask for the release of a legal hold')
    .argument('<hold>', "id of the hold, as 'ml audit holds list' prints it")
    .requiredOption('--reason <text>', 'why, for who decides', parseWords)
    .addHelpText(
      'after',
      `
A second person has to approve; until then the command ends with exit code 8.
${examples(
  'ml audit holds release 4c1e0c2a-0b7e-4d58-9f7e-3b0f3f1f7f11 --reason "case closed"',
)}`,
    )
    .action((id: string, options: ReasonOptions) =>
      launch(async context =>
        (await import('./segments')).releaseHold(context, id, options),
      ),
    );
  audit
    .command('dispose')
    .description('Remove the events of a month whose time is over')
    .argument('<month>', 'e.g. 2024-01', parseMonth)
    .option(
      '--reason <text>',
      'ask a second person for it; nothing is removed',
      parseWords,
    )
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Ask for it with --reason: the command ends with exit code 8. When somebody else
has approved, run it without. The hashes stay, so every proof stays valid.
${examples(
  'ml audit dispose 2024-01 --reason "two years are over"',
  'ml audit dispose 2024-01 --yes',
)}`,
    )
    .action((month: string, options: DisposeOptions) =>
      launch(async context =>
        (await import('./segments')).disposeSegment(context, month, options),
      ),
    );
}
