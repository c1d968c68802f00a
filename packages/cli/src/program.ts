import { Command, Option } from 'commander';
import { version } from '../package.json';
import type { CommandContext, GlobalOptions } from './CommandContext';
import type { ExitStatus } from './errors/ExitCode';
import { addAccessCommands } from './commands/access/command';
import { addAccountsCommands } from './commands/accounts/command';
import { addAliasesCommands } from './commands/aliases/command';
import { addAuditCommands } from './commands/audit/command';
import { addApprovalsCommands } from './commands/approvals/command';
import { addBatchCommands } from './commands/batch/command';
import { addCheckCommand } from './commands/check/command';
import { addCompletionCommands } from './commands/completion/command';
import { addDataCommands } from './commands/data/command';
import { addDeployCommand } from './commands/deploy/command';
import { addDoctorCommand } from './commands/doctor/command';
import { addEvalCommand } from './commands/eval/command';
import { addExperimentsCommands } from './commands/experiments/command';
import { addExportCommand } from './commands/export/command';
import { addFreezesCommands } from './commands/freezes/command';
import { addGitopsCommands } from './commands/gitops/command';
import { addGrantsCommands } from './commands/grants/command';
import { addHelpCommand } from './commands/help/command';
import { addInitCommand } from './commands/init/command';
import { addLimitsCommands } from './commands/limits/command';
import { addLineageCommand } from './commands/lineage/command';
import { addModelsCommands } from './commands/models/command';
import { addOpenCommand } from './commands/open/command';
import { addPackageCommands } from './commands/package/command';
import { addPolicyCommands } from './commands/policy/command';
import { addPredictCommand } from './commands/predict/command';
import { addPromoteCommand } from './commands/promote/command';
import { addRegisterCommand } from './commands/register/command';
import { addReleasesCommands } from './commands/releases/command';
import { addReproduceCommand } from './commands/reproduce/command';
import { addRetentionCommands } from './commands/retention/command';
import { addRollbackCommand } from './commands/rollback/command';
import { addSessionCommands } from './commands/session/command';
import { addSignCommands } from './commands/sign/command';
import { addStatusCommand } from './commands/status/command';
import { addTrafficCommand } from './commands/traffic/command';
import { addUndeployCommand } from './commands/undeploy/command';
import { addVersionsCommands } from './commands/versions/command';
import { addWebhooksCommands } from './commands/webhooks/command';

/** What a command does; gives an exit code where it is not 0 and nothing failed. */
export type Run = (context: CommandContext) => Promise<ExitStatus | void>;

/** Carries out what a command does; everything heavy is loaded inside of it. */
export type Launch = (run: Run) => Promise<void>;

/**
 * Declares all commands. Loads nothing but these declarations, so that help
 * and completion are fast.
 */
export function createProgram(
  launch: (options: GlobalOptions, run: Run) => Promise<void>,
): Command {
  const program = new Command('ml')
    .description(
      'Take a validated model from your machine to monitored production.',
    )
    // Without its long form, which `ml init` takes; `bin.ts` knows `ml --version`.
    .version(version, '-V', 'print the version, as `ml --version` does')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: true, sortOptions: false })
    .showSuggestionAfterError()
    .option('--json', 'print JSON, the same as --format json')
    .addOption(
      new Option('-o, --format <format>', 'print as this').choices([
        'table',
        'json',
        'yaml',
        'name',
      ]),
    )
    .option('--url <url>', 'the portal, instead of the configured one')
    .option('--no-input', 'never ask; fail where an answer is needed')
    .option('-q, --quiet', 'print data and errors only')
    .option('--no-color', 'print without colours')
    .option('--debug', 'print the stack of an error')
    .addHelpText(
      'after',
      `
Examples:
  $ ml login
  $ ml register examples/wine-classifier
  $ ml deploy wine-classifier@1.0.0 --env staging
  $ ml predict wine-classifier --env staging --sample
  $ ml status --watch

Exit codes are listed by \`ml help exit-codes\`.`,
    );
  const start: Launch = run => launch(program.opts<GlobalOptions>(), run);

  program.commandsGroup('Sign in:');
  addSessionCommands(program, start);
  program.commandsGroup('Package and register:');
  addInitCommand(program, start);
  addPackageCommands(program, start);
  addCheckCommand(program, start);
  addDataCommands(program, start);
  addEvalCommand(program, start);
  addRegisterCommand(program, start);
  addSignCommands(program, start);
  addExportCommand(program, start);
  program.commandsGroup('Release and use:');
  addDeployCommand(program, start);
  addPromoteCommand(program, start);
  addRollbackCommand(program, start);
  addUndeployCommand(program, start);
  addStatusCommand(program, start);
  addTrafficCommand(program, start);
  addPredictCommand(program, start);
  addExperimentsCommands(program, start);
  addBatchCommands(program, start);
  program.commandsGroup('Look around:');
  addModelsCommands(program, start);
  addVersionsCommands(program, start);
  addLineageCommand(program, start);
  addReproduceCommand(program, start);
  addReleasesCommands(program, start);
  addAliasesCommands(program, start);
  addApprovalsCommands(program, start);
  addAccountsCommands(program, start);
  addGrantsCommands(program, start);
  addAccessCommands(program, start);
  addPolicyCommands(program, start);
  addFreezesCommands(program, start);
  addLimitsCommands(program, start);
  addRetentionCommands(program, start);
  addGitopsCommands(program, start);
  addWebhooksCommands(program, start);
  addAuditCommands(program, start);
  addOpenCommand(program, start);
  program.commandsGroup('Help:');
  addDoctorCommand(program, start);
  addCompletionCommands(program, start);
  addHelpCommand(program);
  return program;
}
