import { isAlias, isModel, isVersion, usageError } from './parseRef';

/** Reads what a prediction is asked of: a model, pinned or not. */
export function parseTarget(text: string): { model: string; pin?: string } {
  const [model, pin, ...rest] = text.split('@');
  const isPin =
    pin === undefined ||
    /^(0|[1-9]\d*)$/.test(pin) ||
    isVersion(pin) ||
    isAlias(pin);
  if (rest.length || !isModel(model) || !isPin) {
    throw usageError(
      `'${text}' is not of the form <model>, <model>@<version>, <model>@<API version> or <model>@<alias>`,
    );
  }
  return { model, pin };
}
