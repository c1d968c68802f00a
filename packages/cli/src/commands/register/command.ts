import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface RegisterOptions {
  draft?: boolean;
  signKey?: string;
  certificate?: string;
  chain?: string;
}

export function addRegisterCommand(program: Command, launch: Launch): void {
  program
    .command('register')
    .description(
      'Package a model directory, upload it and register its version',
    )
    .argument('<directory>', 'directory with model.yaml in it')
    .option('--draft', 'register it as a draft, which never reaches production')
    .option(
      '--sign-key <file>',
      'sign it with this private key (elliptic curve, PEM)',
    )
    .option('--certificate <file>', 'certificate of the key (PEM)')
    .option(
      '--chain <file>',
      'certificates between it and the trusted one (PEM)',
    )
    .addHelpText(
      'after',
      `
A version is immutable. Registering the same content again changes nothing;
other content needs another version in model.yaml. An upload that was broken
off is continued. A draft can be tried in staging; ml versions publish makes it a
registered version. A signature that lies in the directory as model.sig is attached
to the version, and so is one that is made with --sign-key.
${examples(
  'ml register examples/wine-classifier',
  'ml register . --draft',
  'ml register . --sign-key team.key',
  'ml register . --json',
)}`,
    )
    .action((directory: string, options: RegisterOptions) =>
      launch(async context =>
        (await import('./register')).register(context, directory, options),
      ),
    );
}
