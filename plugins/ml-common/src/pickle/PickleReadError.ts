/**
 * A pickle that cannot be looked into.
 * @public
 */
export class PickleReadError extends Error {
  readonly name = 'PickleReadError';

  /** @param offset - byte of the pickle, after decompression, where reading ended */
  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
  }
}
