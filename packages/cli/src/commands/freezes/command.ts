import type { Command } from 'commander';
import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Launch } from '../../program';
import { collect, environmentOption, examples } from '../options';
import { type ChangeOptions, changeOptions } from '../policy/command';

export interface AddFreezeOptions extends ChangeOptions {
  from?: string;
  to?: string;
  weekly?: string;
  timeZone?: string;
  env?: Environment;
  team?: string[];
}

export function addFreezesCommands(program: Command, launch: Launch): void {
  const freezes = program
    .command('freezes')
    .description('Times in which nothing is deployed; a rollback always may');
  freezes
    .command('list')
    .description('List them, with those that hold now')
    .addHelpText('after', examples('ml freezes list -o yaml'))
    .action(() =>
      launch(async context => (await import('./freezes')).listFreezes(context)),
    );
  changeOptions(
    freezes
      .command('add')
      .description(
        'Ask for another one; its reason is shown to whoever it stops',
      )
      .option('--from <moment>', 'once: its beginning, ISO 8601')
      .option('--to <moment>', 'and its end')
      .option('--weekly <from..to>', "each week, e.g. 'fri 16:00..mon 08:00'")
      .option('--time-zone <zone>', 'of a weekly one; UTC by default')
      .addOption(environmentOption('there only'))
      .option('--team <group>', 'for models of this team only', collect),
  )
    .addHelpText(
      'after',
      `
Another platform admin has to approve: until then nothing is frozen (exit code 8).
${examples(
  "ml freezes add --weekly 'fri 16:00..mon 08:00' --time-zone Europe/Berlin --env production --reason 'nobody is there at weekends'",
  "ml freezes add --from 2026-12-20T00:00:00Z --to 2027-01-04T00:00:00Z --reason 'the books are closed'",
)}`,
    )
    .action((options: AddFreezeOptions) =>
      launch(async context =>
        (await import('./freezes')).addFreeze(context, options),
      ),
    );
  changeOptions(
    freezes
      .command('remove')
      .description('Ask to end one for good')
      .argument('<number>', 'as `ml freezes list` shows it'),
  )
    .addHelpText(
      'after',
      examples("ml freezes remove 1 --reason 'the audit is over'"),
    )
    .action((number: string, options: ChangeOptions) =>
      launch(async context =>
        (await import('./freezes')).removeFreeze(context, number, options),
      ),
    );
}
