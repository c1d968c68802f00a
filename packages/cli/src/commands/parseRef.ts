import {
  aliasNameSchema,
  modelNameSchema,
  parseVersionRef,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';

/** Reads `<model>@<version>`, both required. */
export function parseRef(text: string): { model: string; version: string } {
  const parsed = parseVersionRef(text);
  if ('error' in parsed) {
    throw usageError(
      parsed.error,
      isAlias(text.split('@')[1] ?? '')
        ? 'Name the version itself; an alias may point elsewhere the next moment.'
        : undefined,
    );
  }
  const { model, version } = parsed.ref;
  if (!version) throw noVersion(model);
  return { model, version };
}

/** Reads `<model>@<version>` or `<model>@<alias>`. */
export function parseAnyRef(text: string): {
  model: string;
  version?: string;
  alias?: string;
} {
  const [model, target, ...rest] = text.split('@');
  if (rest.length || !isModel(model)) {
    throw usageError(`'${text}' is not of the form <model>@<version>`);
  }
  if (!target) throw noVersion(model);
  if (isVersion(target)) return { model, version: target };
  if (isAlias(target)) return { model, alias: target };
  throw usageError(
    `'${target}' is neither a semantic version such as 1.4.0 nor the name of an alias`,
  );
}

export function isModel(text: string): boolean {
  return modelNameSchema.safeParse(text).success;
}

export function isVersion(text: string): boolean {
  return versionSchema.safeParse(text).success;
}

export function isAlias(text: string): boolean {
  return aliasNameSchema.safeParse(text).success;
}

/** A command line that is well-formed and still wrong. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError({
    code: 'USAGE',
    exitCode: ExitCode.usage,
    message,
    hint,
  });
}

function noVersion(model: string): CliError {
  return usageError(
    `'${model}' names no version`,
    `Write <model>@<version>; the versions are listed by: ml versions list ${model}`,
  );
}
