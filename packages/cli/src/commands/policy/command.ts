import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples, parseLimit } from '../options';

export interface ShowPolicyOptions {
  version?: string;
}

export interface DiffOptions {
  file?: string;
}

export interface ChangeOptions {
  reason: string;
  dryRun?: boolean;
  yes?: boolean;
}

export interface ApplyOptions extends ChangeOptions {
  file: string;
}

/** Options of everything that asks for a change. */
export function changeOptions(command: Command): Command {
  return command
    .requiredOption(
      '--reason <text>',
      'why, for who approves it and the history',
    )
    .option('--dry-run', 'show what would change, and ask nobody')
    .option('-y, --yes', 'do not ask');
}

const APPROVAL = `
Another platform admin has to approve: until then nothing changes (exit code 8).`;

export function addPolicyCommands(program: Command, launch: Launch): void {
  const policy = program
    .command('policy')
    .description('What the platform obeys: quotas, roles, canary, freezes …');
  policy
    .command('show')
    .description('Show what holds, in the form that `ml policy apply` reads')
    .argument('[policy]', 'one of them, e.g. quotas')
    .option('--version <number>', 'as it was then')
    .addHelpText(
      'after',
      examples(
        'ml policy show quotas',
        'ml policy show --version 3 > policy.yaml',
      ),
    )
    .action((key: string | undefined, options: ShowPolicyOptions) =>
      launch(async context =>
        (await import('./policy')).showPolicy(context, key, options),
      ),
    );
  policy
    .command('history')
    .description('List what changed, who asked and who approved')
    .option('--limit <number>', 'at most this many', parseLimit, 50)
    .addHelpText('after', examples('ml policy history -o json'))
    .action((options: { limit: number }) =>
      launch(async context =>
        (await import('./policy')).policyHistory(context, options),
      ),
    );
  policy
    .command('diff')
    .description('Show what the newest change did, or what differs')
    .argument('[from]', 'a version; alone, what changed in it')
    .argument('[to]', 'another version')
    .option('-f, --file <file>', 'what this file would change')
    .addHelpText(
      'after',
      examples(
        'ml policy diff',
        'ml policy diff 3',
        'ml policy diff 0 4',
        'ml policy diff --file policy.yaml',
      ),
    )
    .action(
      (
        from: string | undefined,
        to: string | undefined,
        options: DiffOptions,
      ) =>
        launch(async context =>
          (await import('./policy')).diffPolicy(context, {
            ...{ from, to },
            ...options,
          }),
        ),
    );
  changeOptions(
    policy
      .command('set')
      .description('Ask for new values')
      .argument(
        '<place=value...>',
        'where, and the value; += and -= for a list',
      ),
  )
    .addHelpText(
      'after',
      `${APPROVAL}
${examples(
  'ml policy set quotas.stagingDeploymentsPerTeam=8 --reason "more teams try things"',
  'ml policy set roles.ml-engineer+=group:default/pricing-team --reason "a new team"',
  'ml policy set signatures.requiredForProduction=true --reason "agreed with security"',
)}`,
    )
    .action((places: string[], options: ChangeOptions) =>
      launch(async context =>
        (await import('./changePolicy')).setPolicy(context, places, options),
      ),
    );
  changeOptions(
    policy
      .command('apply')
      .description('Ask for what a file says; what it leaves out stays')
      .requiredOption(
        '-f, --file <file>',
        'YAML, as `ml policy show` prints it',
      ),
  )
    .addHelpText(
      'after',
      `${APPROVAL}
A \`version\` in the file is the one that it was made from; a newer one is not overwritten (exit code 5).
${examples(
  'ml policy show > policy.yaml && $EDITOR policy.yaml',
  'ml policy apply --file policy.yaml --reason "what we agreed on"',
)}`,
    )
    .action((options: ApplyOptions) =>
      launch(async context =>
        (await import('./changePolicy')).applyPolicy(context, options),
      ),
    );
  changeOptions(
    policy
      .command('reset')
      .description('Ask to go back to what the configuration says')
      .argument('<policy...>', 'e.g. quotas'),
  )
    .addHelpText(
      'after',
      `${APPROVAL}
${examples('ml policy reset quotas --reason "the rush is over"')}`,
    )
    .action((keys: string[], options: ChangeOptions) =>
      launch(async context =>
        (await import('./changePolicy')).resetPolicy(context, keys, options),
      ),
    );
}
