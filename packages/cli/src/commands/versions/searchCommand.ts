import { Option, type Command } from 'commander';
import type { Format, VersionState } from '@ml-platform/plugin-ml-common';
import type { Launch } from '../../program';
import { collect, environmentOption, examples, parseLimit } from '../options';

// Not taken from the common package: that would load all of it for `--help`.
const MODEL_FORMATS: readonly Format[] = ['onnx', 'mlserver', 'container'];
const STATES: readonly VersionState[] = [
  'draft',
  'registered',
  'deprecated',
  'deleted',
];

export interface SearchOptions {
  owner?: string;
  tag?: string[];
  modelFormat?: Format;
  state?: VersionState;
  alias?: string;
  liveIn?: 'staging' | 'production';
  metric?: string[];
  limit: number;
}

export function addSearchCommand(versions: Command, launch: Launch): void {
  versions
    .command('search')
    .description('Find versions of all models by what is known of them')
    .argument(
      '[text...]',
      'words that name, title, description, owner or a tag contains',
    )
    .option('--owner <owner>', 'of this group or user, group:default/team')
    .option('--tag <tag>', 'with this tag; repeatable', collect)
    .addOption(
      new Option('--model-format <format>', 'of this format').choices(
        MODEL_FORMATS,
      ),
    )
    .addOption(
      new Option(
        '--state <state>',
        'in this state; all but deleted else',
      ).choices(STATES),
    )
    .option('--alias <name>', 'that an alias of this name points at')
    .addOption(
      environmentOption('that is live in this environment', '--live-in'),
    )
    .option(
      '--metric <condition>',
      "whose metric is so, 'accuracy>=0.9'; repeatable",
      collect,
    )
    .option('--limit <number>', 'at most this many', parseLimit, 50)
    .addHelpText(
      'after',
      `
A version is found when all of it is true. Metrics are those of its card that
are measured on all data. Quote conditions: a shell takes > for itself.
${examples(
  'ml versions search wine cultivars',
  "ml versions search --metric 'accuracy>=0.9' --state registered",
  'ml versions search --tag tabular --live-in production -o name',
)}`,
    )
    .action((words: string[], options: SearchOptions) =>
      launch(async context =>
        (await import('./search')).searchVersions(context, words, options),
      ),
    );
}
