import type { Command } from 'commander';
import type { Launch } from '../../program';
import { examples } from '../options';

const MODEL = ['<model>', 'name of the model'] as const;

export interface RequestLimitOptions {
  size: string;
  until: string;
  reason: string;
}

export interface RevokeLimitOptions {
  yes?: boolean;
}

export function addLimitsCommands(program: Command, launch: Launch): void {
  const limits = program
    .command('limits')
    .description('How large the artifacts of a model may be');
  limits
    .command('show')
    .description('Show the limit of a model, and its exceptions')
    .argument(...MODEL)
    .addHelpText('after', examples('ml limits show wine-classifier'))
    .action((model: string) =>
      launch(async context =>
        (await import('./limits')).showLimits(context, model),
      ),
    );
  limits
    .command('request')
    .description('Ask for larger artifacts of one model, until a day')
    .argument(...MODEL)
    .requiredOption('--size <size>', 'the limit instead, for example 12GiB')
    .requiredOption('--until <day>', 'when it ends, for example 2027-03-01')
    .requiredOption('--reason <text>', 'why, for who decides')
    .addHelpText(
      'after',
      `
A second person has to approve; until then the command ends with exit code 8.
${examples(
  'ml limits request wine-classifier --size 12GiB --until 2027-03-01 --reason "larger vocabulary"',
)}`,
    )
    .action((model: string, options: RequestLimitOptions) =>
      launch(async context =>
        (await import('./limits')).requestLimit(context, model, options),
      ),
    );
  limits
    .command('revoke')
    .description('End the exceptions of a model before their time')
    .argument(...MODEL)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('ml limits revoke wine-classifier --yes'))
    .action((model: string, options: RevokeLimitOptions) =>
      launch(async context =>
        (await import('./limits')).revokeLimit(context, model, options),
      ),
    );
}
