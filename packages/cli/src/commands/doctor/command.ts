import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

export function addDoctorCommand(program: Command, launch: Launch): void {
  program
    .command('doctor')
    .description('Check the connection: portal, token, registry, gateways')
    .addHelpText('after', examples('ml doctor', 'ml doctor --json'))
    .action(() =>
      launch(async context => (await import('./doctor')).doctor(context)),
    );
}
