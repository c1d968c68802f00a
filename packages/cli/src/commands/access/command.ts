import { type Command, Option } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

// Not taken from the common package: that would load all of it for `--help`.
const KINDS = ['role', 'grant', 'service-account', 'approval'] as const;

export interface ReviewAccessOptions {
  from: string;
  to: string;
  kind?: (typeof KINDS)[number];
  subject?: string;
  csv?: boolean;
}

export function addAccessCommands(program: Command, launch: Launch): void {
  program
    .command('access')
    .description('Who had which access')
    .command('review')
    .description(
      'List roles, grants, service accounts and approvals of a period',
    )
    .requiredOption('--from <day>', 'its beginning')
    .requiredOption('--to <day>', 'its end, which is not part of it')
    .addOption(new Option('--kind <kind>', 'these only').choices(KINDS))
    .option('--subject <who>', 'of this user, group or service account')
    .option('--csv', 'print CSV for a spreadsheet')
    .addHelpText(
      'after',
      `
For auditors and platform admins. Each line says who gave it, who approved it
and when it was used last.
${examples(
  'ml access review --from 2026-10-01 --to 2027-01-01',
  'ml access review --from 2026-10-01 --to 2027-01-01 --csv > access.csv',
  'ml access review --from 2026-10-01 --to 2027-01-01 --subject user:default/mei',
)}`,
    )
    .action((options: ReviewAccessOptions) =>
      launch(async context =>
        (await import('./review')).reviewAccess(context, options),
      ),
    );
}
