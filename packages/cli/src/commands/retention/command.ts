import { InvalidArgumentError, type Command } from 'commander';
import type { Launch } from '../../program';
import { collect, examples } from '../options';

const MODEL = ['<model>', 'name of the model'] as const;

export interface RuleOptions {
  newest?: number;
  days?: number;
  protect?: string[];
}

export interface ClearOptions {
  yes?: boolean;
}

export function addRetentionCommands(program: Command, launch: Launch): void {
  const retention = program
    .command('retention')
    .description('Which versions of a model stay, and which may go');
  retention
    .command('show')
    .description('Show the rule of a model')
    .argument(...MODEL)
    .addHelpText('after', examples('ml retention show wine-classifier'))
    .action((model: string) =>
      launch(async context =>
        (await import('./retention')).showRule(context, model),
      ),
    );
  withRule(
    retention
      .command('set')
      .description('Set the rule of a model, instead of the one before')
      .argument(...MODEL),
  )
    .addHelpText(
      'after',
      `
What is deployed, kept for a rollback or for pinned callers, has an alias, or
was the origin of a version that stays, stays in any case. Nothing is deleted
by this: once a day what the rule does not keep is proposed to a second person.
${examples(
  'ml retention set wine-classifier --newest 10 --days 90',
  'ml retention set wine-classifier --newest 10 --protect 1.0.0 --protect 2.0.0',
)}`,
    )
    .action((model: string, options: RuleOptions) =>
      launch(async context =>
        (await import('./retention')).setRule(context, model, options),
      ),
    );
  withRule(
    retention
      .command('preview')
      .description('Show what would go, and why the rest stays')
      .argument(...MODEL),
  )
    .addHelpText(
      'after',
      `
Without options the rule that is set is taken. Nothing is deleted.
${examples(
  'ml retention preview wine-classifier',
  'ml retention preview wine-classifier --newest 5',
)}`,
    )
    .action((model: string, options: RuleOptions) =>
      launch(async context =>
        (await import('./retention')).preview(context, model, options),
      ),
    );
  retention
    .command('propose')
    .description('Ask a second person for the deletion now')
    .argument(...MODEL)
    .addHelpText(
      'after',
      `
Ends with exit code 8 when something waits for a second person, 0 when there is
nothing to delete.
${examples('ml retention propose wine-classifier')}`,
    )
    .action((model: string) =>
      launch(async context =>
        (await import('./retention')).propose(context, model),
      ),
    );
  retention
    .command('clear')
    .description('Remove the rule: every version stays')
    .argument(...MODEL)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('ml retention clear wine-classifier --yes'))
    .action((model: string, options: ClearOptions) =>
      launch(async context =>
        (await import('./retention')).clearRule(context, model, options),
      ),
    );
}

function withRule(command: Command): Command {
  return command
    .option('--newest <number>', 'so many of the newest stay', parseCount)
    .option('--days <number>', 'the younger than so many days stay', parseCount)
    .option('--protect <version>', 'this one stays; repeatable', collect);
}

function parseCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a number from 1 up.');
}
