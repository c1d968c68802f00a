import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AuditOutcome } from '@ml-platform/plugin-ml-common';
import type { Launch } from '../../program';
import { examples, parseLimit, parseWords } from '../options';
import { parseMoment } from './parseMoment';
import { addSegmentCommands } from './segmentCommands';

// Not taken from the common package: that would load all of it for `--help`.
const OUTCOMES: readonly AuditOutcome[] = [
  'intended',
  'succeeded',
  'failed',
  'denied',
];

export interface SearchAuditOptions {
  actor?: string;
  action?: string;
  without?: string;
  resource?: string;
  outcome?: AuditOutcome;
  since?: string;
  until?: string;
  limit: number;
}

export interface ExportAuditOptions {
  since: string;
  until?: string;
  as: 'jsonl' | 'ocsf';
  output?: string;
}

export function addAuditCommands(program: Command, launch: Launch): void {
  const audit = program
    .command('audit')
    .description(
      'Who did what, and proof that nobody changed the record of it',
    );
  filters(
    audit
      .command('search')
      .description('Search the audit log, newest first')
      .option('--until <time>', 'before this time', moment),
  )
    .option('--limit <number>', 'at most this many', parseLimit, 50)
    .addHelpText(
      'after',
      examples(
        'ml audit search --since 7d --outcome denied',
        'ml audit search --resource version:wine-classifier@1.0.0 --json',
      ),
    )
    .action((options: SearchAuditOptions) =>
      launch(async context =>
        (await import('./search')).searchAudit(context, options),
      ),
    );
  filters(
    audit
      .command('tail')
      .description('Print events as they come, until Ctrl-C'),
  )
    .addHelpText('after', examples('ml audit tail --outcome denied'))
    .action((options: SearchAuditOptions) =>
      launch(async context =>
        (await import('./search')).tailAudit(context, options),
      ),
    );
  audit
    .command('show')
    .description('Show one event')
    .argument('<event>', 'id of the event')
    .option(
      '--proof',
      'print the proof that it is in the log (C2SP tlog-proof)',
    )
    .addHelpText(
      'after',
      examples('ml audit show "$(ml audit search --limit 1 -o name)" --proof'),
    )
    .action((id: string, options: { proof?: boolean }) =>
      launch(async context =>
        (await import('./show')).showAuditEvent(context, id, options),
      ),
    );
  audit
    .command('status')
    .description('Say how far the log is signed and kept outside the database')
    .addHelpText('after', examples('ml audit status'))
    .action(() =>
      launch(async context => (await import('./verify')).auditStatus(context)),
    );
  audit
    .command('close-alert')
    .description('Say what an alert about the log was')
    .argument('<alert>', "id of the alert, as 'ml audit status' prints it")
    .requiredOption(
      '--comment <text>',
      'what it was; kept in the log',
      parseWords,
    )
    .addHelpText(
      'after',
      examples(
        'ml audit close-alert 4c1e0c2a-0b7e-4d58-9f7e-3b0f3f1f7f11 --comment "the machine was restarted"',
      ),
    )
    .action((id: string, options: { comment: string }) =>
      launch(async context =>
        (await import('./verify')).closeAuditAlert(context, id, options),
      ),
    );
  audit
    .command('verify')
    .description('Check the whole log against its tree and its checkpoints')
    .addHelpText(
      'after',
      `
Exits with 1 when something was changed, removed, inserted or cut off, and names
the first entry that it concerns.
${examples('ml audit verify')}`,
    )
    .action(() =>
      launch(async context => (await import('./verify')).verifyAudit(context)),
    );
  addSegmentCommands(audit, launch);
  audit
    .command('export')
    .description('Write all events of a period, with what proves them')
    .requiredOption('--since <time>', 'from this time on', moment)
    .option('--until <time>', 'before this time; now by default', moment)
    .addOption(
      new Option('--as <kind>', 'lines that prove themselves, or OCSF events')
        .choices(['jsonl', 'ocsf'])
        .default('jsonl'),
    )
    .option('-f, --output <file>', 'write to this file instead of stdout')
    .addHelpText(
      'after',
      `
Verify such a file on any machine, without ML Platform:
  $ python3 scripts/verify-audit-export.py audit.jsonl --key <verifier key>
${examples(
  'ml audit export --since 2026-01-01 --until 2026-07-01 -f audit.jsonl',
  'ml audit export --since 30d --as ocsf | gzip > audit.ocsf.gz',
)}`,
    )
    .action((options: ExportAuditOptions) =>
      launch(async context =>
        (await import('./exportAudit')).exportAudit(context, options),
      ),
    );
}

function filters(command: Command): Command {
  return command
    .option('--actor <actor>', 'by this user or service')
    .option('--action <action>', 'of this kind, e.g. version.register')
    .option(
      '--without <actions>',
      'of other kinds than these, e.g. session.refresh,session.token',
    )
    .option('--resource <resource>', 'on this, e.g. deployment:staging/m')
    .addOption(
      new Option('--outcome <outcome>', 'that came out so').choices(OUTCOMES),
    )
    .option('--since <time>', 'from this time on: 2026-11-01, 7d, 12h', moment);
}

function moment(text: string): string {
  const parsed = parseMoment(text, Date.now());
  if (parsed) return parsed;
  throw new InvalidArgumentError(
    'Write a date (2026-11-01), a time (2026-11-01T12:00:00Z) or an age (7d, 12h, 30m).',
  );
}
