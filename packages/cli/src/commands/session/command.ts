import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export interface LoginOptions {
  browser: boolean;
}

export interface WhoamiOptions {
  token?: boolean;
}

export function addSessionCommands(program: Command, launch: Launch): void {
  program
    .command('login')
    .description('Sign in to the portal, in your browser')
    .option(
      '--no-browser',
      'print the address to open, here or on another machine',
    )
    .addHelpText(
      'after',
      `
The session is kept in a file that only you can read, and renewed by itself.
In CI, where nobody can sign in, set ML_TOKEN instead.
${examples(
  'ml login',
  'ml login --url https://ml.example.com',
  'ml login --no-browser',
)}`,
    )
    .action((options: LoginOptions) =>
      launch(async context =>
        (await import('./login')).login(context, options),
      ),
    );
  program
    .command('logout')
    .description('Sign out: make the session worthless, and forget it')
    .addHelpText('after', examples('ml logout'))
    .action(() =>
      launch(async context => (await import('./logout')).logout(context)),
    );
  program
    .command('whoami')
    .description('Show who you are at the portal: groups, roles, credentials')
    .option('--token', 'print the token alone, for curl, skopeo and others')
    .addHelpText(
      'after',
      examples('ml whoami', 'ml whoami --json', 'ml whoami --token'),
    )
    .action((options: WhoamiOptions) =>
      launch(async context =>
        (await import('./whoami')).whoami(context, options),
      ),
    );
}
