/** What a module may set once, and the plugin reads when it starts. */
export class SingleValue<T> {
  readonly #name: string;
  #value?: T;

  constructor(name: string) {
    this.#name = name;
  }

  set(value: T): void {
    if (this.#value !== undefined) {
      throw new Error(
        `Two modules set the ${
          this.#name
        } of the plugin 'ml'; install one of them only`,
      );
    }
    this.#value = value;
  }

  get(): T | undefined {
    return this.#value;
  }
}
