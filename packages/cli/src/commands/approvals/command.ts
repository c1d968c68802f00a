import { Option, type Command } from 'commander';
import type { ApprovalState } from '@ml-platform/plugin-ml-common';
import type { Launch } from '../../program';
import { examples, parseLimit } from '../options';

// Not taken from the common package: that would load all of it for `--help`.
const STATES: readonly ApprovalState[] = [
  'pending',
  'approved',
  'denied',
  'withdrawn',
  'expired',
  'used',
];

const ID = ['<approval>', 'id of the approval'] as const;

export interface ListApprovalsOptions {
  state?: ApprovalState;
  model?: string;
  review?: boolean;
  limit: number;
}

export interface DecideOptions {
  comment?: string;
  yes?: boolean;
}

export interface BreakGlassOptions {
  reason: string;
  yes?: boolean;
}

export interface ReviewOptions {
  verdict: 'justified' | 'unjustified';
  comment?: string;
}

export function addApprovalsCommands(program: Command, launch: Launch): void {
  const approvals = program
    .command('approvals')
    .description('What waits for a second person, and decisions on it');
  approvals
    .command('list')
    .description('List what was asked for, newest first')
    .addOption(new Option('--state <state>', 'in this state').choices(STATES))
    .option('--model <model>', 'about this model')
    .option('--review', 'what was done alone and waits for a review')
    .option('--limit <number>', 'at most this many', parseLimit, 50)
    .addHelpText(
      'after',
      examples(
        'ml approvals list --state pending',
        'ml approvals list --model wine-classifier --json',
      ),
    )
    .action((options: ListApprovalsOptions) =>
      launch(async context =>
        (await import('./approvals')).listApprovals(context, options),
      ),
    );
  approvals
    .command('show')
    .description('Show what was asked for, and what it would do')
    .argument(...ID)
    .addHelpText(
      'after',
      examples(
        'ml approvals show "$(ml approvals list --state pending --limit 1 -o name)"',
      ),
    )
    .action((id: string) =>
      launch(async context =>
        (await import('./approvals')).showApproval(context, id),
      ),
    );
  approvals
    .command('approve')
    .description('Approve what somebody else asked for, which does it')
    .argument(...ID)
    .option('--comment <text>', 'for who asked and the history')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Nobody approves what they asked for themselves (exit code 4).
${examples(
  'ml approvals approve 6f1c2b1e-8d0b-4a53-9f5a-0d5a5c7e9b11',
  'ml approvals approve 6f1c2b1e-8d0b-4a53-9f5a-0d5a5c7e9b11 --comment agreed --yes',
)}`,
    )
    .action((id: string, options: DecideOptions) =>
      launch(async context =>
        (await import('./decide')).decide(context, id, 'approve', options),
      ),
    );
  approvals
    .command('break-glass')
    .description('Do it in an emergency, without the second person')
    .argument(...ID)
    .requiredOption('--reason <text>', 'why it cannot wait')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
For platform admins. It stays on the list of open reviews until a second person
said what they think of it: ml approvals list --review
${examples(
  'ml approvals break-glass 6f1c2b1e-8d0b-4a53-9f5a-0d5a5c7e9b11 --reason "All callers are refused" --yes',
)}`,
    )
    .action((id: string, options: BreakGlassOptions) =>
      launch(async context =>
        (await import('./emergencies')).breakGlass(context, id, options),
      ),
    );
  approvals
    .command('review')
    .description('Say what you think of what somebody did alone')
    .argument(...ID)
    .addOption(
      new Option('--verdict <verdict>', 'whether it was justified')
        .choices(['justified', 'unjustified'])
        .makeOptionMandatory(),
    )
    .option('--comment <text>', 'for the history')
    .addHelpText(
      'after',
      examples(
        'ml approvals review 6f1c2b1e-8d0b-4a53-9f5a-0d5a5c7e9b11 --verdict justified',
      ),
    )
    .action((id: string, options: ReviewOptions) =>
      launch(async context =>
        (await import('./emergencies')).review(context, id, options),
      ),
    );
  for (const { decision, description } of [
    { decision: 'deny', description: 'Deny what somebody else asked for' },
    { decision: 'withdraw', description: 'Take back what you asked for' },
  ] as const) {
    approvals
      .command(decision)
      .description(description)
      .argument(...ID)
      .option('--comment <text>', 'for the history')
      .option('-y, --yes', 'do not ask')
      .addHelpText(
        'after',
        examples(
          `ml approvals ${decision} 6f1c2b1e-8d0b-4a53-9f5a-0d5a5c7e9b11 --comment "still needed" --yes`,
        ),
      )
      .action((id: string, options: DecideOptions) =>
        launch(async context =>
          (await import('./decide')).decide(context, id, decision, options),
        ),
      );
  }
}
