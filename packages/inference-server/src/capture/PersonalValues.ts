import { createHmac } from 'node:crypto';

/**
 * What becomes of personal values on their way to the disk: a token that is
 * the same for the same value of the same model's tensor, so that rows can
 * still be counted and joined; or nothing, where there is no key.
 */
export class PersonalValues {
  readonly #key: string | undefined;

  constructor(key: string | undefined) {
    this.#key = key;
  }

  /** Tokens in place of the values; undefined when they are to be left out. */
  protect(
    scope: { model: string; tensor: string },
    values: readonly unknown[],
  ): string[] | undefined {
    const key = this.#key;
    if (!key) return undefined;
    const context = `${scope.model}\0${scope.tensor}\0`;
    return values.map(value => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const digest = createHmac('sha256', key)
        .update(context)
        .update(text)
        .digest('base64url');
      return `tok_${digest.slice(0, 27)}`;
    });
  }
}
