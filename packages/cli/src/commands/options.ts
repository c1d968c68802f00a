import { InvalidArgumentError, Option } from 'commander';
import type { Environment } from '@ml-platform/plugin-ml-common';
import { parseDuration } from '../output/parseDuration';

// Not taken from the common package: that would load all of it for `--help`.
const CHOICES: readonly Environment[] = ['staging', 'production'];

/** `--env`, the same for each command. */
export function environmentOption(
  description = 'the environment',
  flag = '--env',
): Option {
  return new Option(`${flag} <environment>`, description).choices(CHOICES);
}

export function requiredEnvironmentOption(): Option {
  return environmentOption().makeOptionMandatory();
}

/** Parses `--limit`. */
export function parseLimit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new InvalidArgumentError('It must be a number from 1 to 10000.');
  }
  return value;
}

/** Parses `--timeout`, to milliseconds. */
export function parseTimeout(text: string): number {
  const value = parseDuration(text);
  if (!value) throw new InvalidArgumentError('Write 90s, 10m or 1h.');
  return value;
}

/** Parses words that are kept, such as a reason. */
export function parseWords(text: string): string {
  if (text.trim()) return text;
  throw new InvalidArgumentError('It must say something.');
}

/** Parses a month: `2026-11` */
export function parseMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError('Write a month, e.g. 2026-11.');
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Text with examples for the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}`;
}
