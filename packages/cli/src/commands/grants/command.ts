import { type Command, Option } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface ListGrantsOptions {
  model?: string;
  team?: string;
  subject?: string;
  state?: 'active' | 'expired' | 'revoked';
}

export interface CreateGrantOptions {
  to: string;
  model?: string;
  team?: string;
  capability: 'read' | 'operate';
  until: string;
  reason: string;
}

export interface RevokeGrantOptions {
  yes?: boolean;
}

export function addGrantsCommands(program: Command, launch: Launch): void {
  const grants = program
    .command('grants')
    .description('Let others at models of a team');
  grants
    .command('list')
    .description('List grants to you, by you, and for your models')
    .option('--model <model>', 'for this model')
    .option('--team <group>', 'for the models of this team')
    .option('--subject <user|group>', 'to these')
    .addOption(
      new Option('--state <state>', 'in this state only').choices([
        'active',
        'expired',
        'revoked',
      ]),
    )
    .addHelpText(
      'after',
      `
Platform admins and auditors see the grants of everybody.
${examples('ml grants list', 'ml grants list --model fraud --state active')}`,
    )
    .action((options: ListGrantsOptions) =>
      launch(async context =>
        (await import('./grants')).listGrants(context, options),
      ),
    );
  grants
    .command('create')
    .description('Grant access to one model, or to all models of a team')
    .requiredOption('--to <user|group>', 'who gets it')
    .option('--model <model>', 'the one model')
    .option('--team <group>', 'the team whose models, now and later')
    .addOption(
      new Option(
        '--capability <capability>',
        'see it, or release it and roll it back as well',
      )
        .choices(['read', 'operate'])
        .default('read'),
    )
    .requiredOption('--until <day>', 'when it ends, 90 days ahead at most')
    .requiredOption('--reason <text>', 'why, for who reviews it')
    .addHelpText(
      'after',
      `
Engineers grant access to models of their own teams, platform admins to any,
and nobody to themselves. The role of who gets it still bounds what comes of it.
${examples(
  'ml grants create --to group:default/apps-team --model wine-classifier --until 2027-01-31 --reason "calls it from checkout"',
)}`,
    )
    .action((options: CreateGrantOptions) =>
      launch(async context =>
        (await import('./grants')).createGrant(context, options),
      ),
    );
  grants
    .command('revoke')
    .description('End a grant before its time, from the next request on')
    .argument('<id>', 'as `ml grants list` shows it')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('ml grants revoke 5f0c… --yes'))
    .action((id: string, options: RevokeGrantOptions) =>
      launch(async context =>
        (await import('./grants')).revokeGrant(context, id, options),
      ),
    );
}
