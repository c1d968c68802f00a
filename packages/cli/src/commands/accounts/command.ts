import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Capability, Environment } from '@ml-platform/plugin-ml-common';
import type { Launch } from '../../program';
import { collect, environmentOption, examples, parseTimeout } from '../options';

// Not taken from the common package: that would load all of it for `--help`.
const CAPABILITIES: readonly Capability[] = [
  'read',
  'predict',
  'pull',
  'register',
  'manage',
  'deploy:staging',
  'deploy:production',
  'rollback',
];

const ACCOUNT = ['<team/name>', 'the account, e.g. quality-team/ci'] as const;

export interface CreateOptions {
  team: string;
  description: string;
  can: Capability[];
  model: string[];
  env?: Environment;
  issuer?: string;
  audience?: string;
  subject?: string;
  requestsPerSecond?: number;
  concurrency?: number;
}

export interface TokenOptions {
  lifetime?: number;
}

export interface ExchangeOptions {
  tokenFile?: string;
  audience: string;
  lifetime?: number;
}

export interface RevokeOptions {
  reason?: string;
  credential?: string;
  yes?: boolean;
}

export interface CertificateOptions {
  out: string;
  lifetime?: number;
}

export interface RenewOptions {
  lifetime?: number;
  watch?: boolean;
}

export function addAccountsCommands(program: Command, launch: Launch): void {
  const accounts = program
    .command('service-accounts')
    .description('Programs that act for a team: CI, applications');
  accounts
    .command('list')
    .description('List the accounts of your teams, with their last use')
    .addHelpText('after', examples('ml service-accounts list'))
    .action(() =>
      launch(async context =>
        (await import('./accounts')).listAccounts(context),
      ),
    );
  accounts
    .command('show')
    .description('Show an account, and what it was given')
    .argument(...ACCOUNT)
    .addHelpText('after', examples('ml service-accounts show quality-team/ci'))
    .action((account: string) =>
      launch(async context =>
        (await import('./accounts')).showAccount(context, account),
      ),
    );
  accounts
    .command('create')
    .description('Create an account; you answer for it')
    .argument('<name>', 'its name in the team')
    .requiredOption('--team <group>', 'e.g. group:default/quality-team')
    .requiredOption('--description <text>', 'what it is for')
    .requiredOption(
      '--can <capability>',
      `what it may do, repeatable: ${CAPABILITIES.join(', ')}`,
      collectCapability,
    )
    .requiredOption('--model <model>', 'with this model; repeatable', collect)
    .addOption(
      environmentOption(
        'where it may ask for predictions; everywhere if not given',
      ),
    )
    .option(
      '--requests-per-second <n>',
      'how many predictions it may ask for; else as the platform has it',
      parseLimitOf,
    )
    .option(
      '--concurrency <n>',
      'how many of them at a time; else as the platform has it',
      parseLimitOf,
    )
    .option('--issuer <url>', 'CI system that it may be proved by')
    .option('--audience <text>', 'what its token must be issued for')
    .option('--subject <text>', 'whose; * stands for anything but a colon')
    .addHelpText(
      'after',
      examples(
        'ml service-accounts create shop --team group:default/apps-team --description "The shop" --can predict --model wine-classifier --env production --requests-per-second 50',
        'ml service-accounts create ci --team group:default/quality-team --description "CI of main" --can register --can deploy:staging --model wine-classifier --issuer https://token.actions.githubusercontent.com --audience ml-platform --subject repo:example/wine:ref:refs/heads/main',
      ),
    )
    .action((name: string, options: CreateOptions) =>
      launch(async context =>
        (await import('./changeAccounts')).createAccount(
          context,
          name,
          options,
        ),
      ),
    );
  accounts
    .command('token')
    .description(
      'Print a token for ML_TOKEN, of an account that you answer for',
    )
    .argument(...ACCOUNT)
    .addOption(lifetimeOption())
    .addHelpText(
      'after',
      examples(
        'export ML_TOKEN="$(ml service-accounts token quality-team/ci --lifetime 8h)"',
      ),
    )
    .action((account: string, options: TokenOptions) =>
      launch(async context =>
        (await import('./changeAccounts')).issueToken(
          context,
          account,
          options,
        ),
      ),
    );
  accounts
    .command('exchange')
    .description("Print a token for a CI job's own, which proves what it is")
    .argument(...ACCOUNT)
    .option(
      '--token-file <file>',
      "the CI system's OpenID Connect token, - for standard input; GitHub Actions is asked if not given",
    )
    .option(
      '--audience <text>',
      'what GitHub issues it for, as the account has it',
      'ml-platform',
    )
    .addOption(lifetimeOption())
    .addHelpText(
      'after',
      `
No secret is stored, and nobody has to be signed in.
${examples(
  'export ML_TOKEN="$(ml service-accounts exchange quality-team/ci)"',
  'export ML_TOKEN="$(printenv ID_TOKEN | ml service-accounts exchange quality-team/ci --token-file -)"',
)}`,
    )
    .action((account: string, options: ExchangeOptions) =>
      launch(async context =>
        (await import('./exchangeToken')).exchangeToken(
          context,
          account,
          options,
        ),
      ),
    );
  accounts
    .command('revoke')
    .description('End an account and all that it was given, for good')
    .argument(...ACCOUNT)
    .option('--reason <text>', 'for the history; of an account')
    .option(
      '--credential <id>',
      'end this one token or certificate alone; show lists them',
    )
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'ml service-accounts revoke quality-team/ci --reason "The project is over" --yes',
        'ml service-accounts revoke quality-team/ci --credential 3f0c9a --yes',
      ),
    )
    .action((account: string, options: RevokeOptions) =>
      launch(async context =>
        (await import('./changeAccounts')).revokeAccount(
          context,
          account,
          options,
        ),
      ),
    );
  const certs = program
    .command('certs')
    .description('Client certificates of service accounts');
  certs
    .command('request')
    .description('Make a key here, and have it certified for a day at most')
    .argument(...ACCOUNT)
    .requiredOption('--out <folder>', 'gets client.key, client.pem and ca.pem')
    .addOption(lifetimeOption())
    .addHelpText(
      'after',
      `
The key is made on this machine and stays here. You must answer for the account,
or be it: ML_TOKEN may be a token of the account itself.
${examples(
  'ml certs request apps-team/shop --out /etc/shop/identity --lifetime 24h',
)}`,
    )
    .action((account: string, options: CertificateOptions) =>
      launch(async context =>
        (await import('./requestCertificate')).requestCertificate(
          context,
          account,
          options,
        ),
      ),
    );
  certs
    .command('renew')
    .description('Have the next certificate made, by the one that is held')
    .argument('<folder>', 'what --out of ml certs request named')
    .addOption(
      new Option(
        '--lifetime <duration>',
        'how long, 24h at most; as long as the one before if not given',
      ).argParser(parseTimeout),
    )
    .option(
      '-w, --watch',
      'go on, and renew each when half of its life is over',
    )
    .addHelpText(
      'after',
      `
Nobody has to be signed in: the certificate proves whose it is. With --watch a
portal that is away is asked again for as long as the certificate is good.
${examples('ml certs renew /etc/shop/identity --watch')}`,
    )
    .action((folder: string, options: RenewOptions) =>
      launch(async context =>
        (await import('./renewCertificate')).renewCertificate(
          context,
          folder,
          options,
        ),
      ),
    );
}

function lifetimeOption(): Option {
  return new Option(
    '--lifetime <duration>',
    'how long, 24h at most; an hour if not given',
  ).argParser(parseTimeout);
}

function parseLimitOf(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

function collectCapability(
  text: string,
  before: Capability[] = [],
): Capability[] {
  const found = CAPABILITIES.find(each => each === text);
  if (!found) {
    throw new InvalidArgumentError(`It is one of ${CAPABILITIES.join(', ')}.`);
  }
  return [...before, found];
}
