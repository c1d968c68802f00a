/** Lets one caller at a time work on a key; the others are turned away. */
export class ExclusiveKeys {
  readonly #held = new Set<string>();

  /** @returns false when somebody else works on the key; nothing is run then. */
  async run(key: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#held.has(key)) return false;
    this.#held.add(key);
    try {
      await work();
    } finally {
      this.#held.delete(key);
    }
    return true;
  }
}
