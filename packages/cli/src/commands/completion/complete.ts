import type { Command } from 'commander';
import type { CommandContext } from '../../CommandContext';
import { suggestNames } from './suggestNames';

/**
 * Completes the last of the words: commands, options and their choices from
 * the program itself, models and versions from the portal.
 */
export async function complete(
  context: CommandContext,
  program: Command,
  words: readonly string[],
): Promise<string[]> {
  const word = words.at(-1) ?? '';
  let command = program;
  const positional: string[] = [];
  for (const before of words.slice(0, -1)) {
    const next = command.commands.find(item => item.name() === before);
    if (next) command = next;
    else if (!before.startsWith('-')) positional.push(before);
  }
  const options = [...command.options, ...program.options].filter(
    option => !option.hidden,
  );
  const previous = words.at(-2);
  const pending = options.find(
    option =>
      option.required &&
      previous !== undefined &&
      [option.short, option.long].includes(previous),
  );
  const startsRight = (item: string) => item.startsWith(word);
  if (pending) return (pending.argChoices ?? []).filter(startsRight);
  if (word.startsWith('-')) {
    return options
      .flatMap(option => option.long ?? [])
      .filter((item, index, all) => all.indexOf(item) === index)
      .filter(startsRight);
  }
  const subcommands = command.commands
    .map(item => item.name())
    .filter(name => !name.startsWith('__'));
  if (subcommands.length) return subcommands.filter(startsRight);

  const values = new Set(
    options
      .filter(option => option.required)
      .flatMap(option => [option.short, option.long]),
  );
  const given = positional.filter(
    (_, index) => !values.has(words[words.indexOf(positional[index]) - 1]),
  );
  const last = command.registeredArguments.at(-1);
  const argument =
    command.registeredArguments[given.length] ??
    (last?.variadic ? last : undefined);
  if (!argument) return [];
  if (argument.argChoices) return argument.argChoices.filter(startsRight);
  return suggestNames(context, argument.name(), word, given[0]);
}
