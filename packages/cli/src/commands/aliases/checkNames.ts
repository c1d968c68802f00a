import { isAlias, isModel, usageError } from '../parseRef';

/** Told here, so that a wrong order of words is not taken for a missing model. */
export function checkNames(model: string, alias: string): void {
  if (!isModel(model)) throw usageError(`'${model}' is no name of a model`);
  if (!isAlias(alias)) {
    throw usageError(
      `'${alias}' is no name of an alias`,
      'Use lower-case letters, digits and dashes, and not a number only.',
    );
  }
}
