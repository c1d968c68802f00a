import { type Command, Option } from 'commander';
import type { Launch } from '../../program';
import { collect, examples } from '../options';

/** Who signs. */
export interface SignerFlags {
  key?: string;
  certificate?: string;
  chain?: string;
}

export interface SignOptions extends SignerFlags {
  key: string;
  output?: string;
}

export interface VerifyOptions {
  key?: string[];
  root?: string[];
  signature?: string;
  of?: string;
  at?: string;
}

export interface GenerateKeysOptions {
  out: string;
  curve: string;
  passphrase?: boolean;
}

const PASSPHRASE = `
The passphrase of an encrypted key is asked for, or taken from ML_SIGN_PASSPHRASE.
The private key never leaves this machine.`;

export function addSignCommands(program: Command, launch: Launch): void {
  program
    .command('sign')
    .description('Sign a package, or a registered version, with a key of yours')
    .argument(
      '<directory|model@version|alias>',
      'a package directory, or a registered version',
    )
    .requiredOption('--key <file>', 'private key (elliptic curve, PEM)')
    .option('--certificate <file>', 'certificate of the key (PEM)')
    .option(
      '--chain <file>',
      'certificates between it and the trusted one (PEM)',
    )
    .option(
      '--output <file>',
      'where the signature of a directory goes (default: <directory>/model.sig)',
    )
    .addHelpText(
      'after',
      `
Makes an OpenSSF Model Signing bundle. That of a directory is written beside the
files, and attached by ml register; that of a version is attached to it at once.
${PASSPHRASE}
${examples(
  'ml keys generate --out team',
  'ml sign examples/wine-classifier --key team.key',
  'ml sign wine-classifier@1.0.0 --key team.key',
  'ml sign wine-classifier@1.0.0 --key ada.key --certificate ada.crt --chain team-ca.crt',
)}`,
    )
    .action((subject: string, options: SignOptions) =>
      launch(async context =>
        (await import('./sign')).sign(context, subject, options),
      ),
    );
  program
    .command('verify')
    .description('Check who signed a package or a version, and that it is that')
    .argument(
      '<directory|model@version|alias>',
      'a package directory, or a registered version',
    )
    .option('--key <file>', 'a public key to trust (PEM); repeatable', collect)
    .option('--root <file>', 'certificates to trust (PEM); repeatable', collect)
    .option(
      '--signature <file>',
      'the signature of a directory (default: <directory>/model.sig)',
    )
    .option(
      '--of <model@version>',
      'check a directory against the signatures of this version',
    )
    .option(
      '--at <time>',
      'when certificates must have been valid (default: now)',
    )
    .addHelpText(
      'after',
      `
Without --key and --root, the keys and certificates count that the platform trusts
for the model. Everything is checked on this machine. Exit code 1: something was
changed; 6: nobody trusted has signed.
${examples(
  'ml verify wine-classifier@1.0.0',
  'ml verify examples/wine-classifier --key team.pub',
  'ml verify ./downloaded --of wine-classifier@1.0.0 --root team-ca.crt',
)}`,
    )
    .action((subject: string, options: VerifyOptions) =>
      launch(async context =>
        (await import('./verify')).verify(context, subject, options),
      ),
    );
  program
    .command('keys')
    .description('Make keys to sign with')
    .command('generate')
    .description('Make a key pair: <name>.key is private, <name>.pub is not')
    .requiredOption('--out <name>', 'path of the two files, without the ending')
    .addOption(
      new Option('--curve <curve>', 'elliptic curve')
        .choices(['P-256', 'P-384', 'P-521'])
        .default('P-256'),
    )
    .option('--no-passphrase', 'leave the private key unencrypted')
    .addHelpText(
      'after',
      `
The passphrase is asked for, or taken from ML_SIGN_PASSPHRASE. Nothing is
overwritten.
${examples(
  'ml keys generate --out team',
  'ml keys generate --out ci --no-passphrase',
)}`,
    )
    .action((options: GenerateKeysOptions) =>
      launch(async context =>
        (await import('./generateKeys')).generate(context, options),
      ),
    );
}
